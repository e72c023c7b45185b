package dev.whistler.testbed.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.machine.StartedPrograms.InstalledPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostProgramsTest {

  @Test
  void continuousIntegrationInstallsFromTheListAndNothingElse() throws IOException {
    String script = Files.readString(Repository.find().root().resolve(".ci/run"));
    assertThat(script)
        .contains("testbed/src/main/resources/dev/whistler/testbed/machine/programs.txt");
    assertThat(script.lines().filter(line -> line.contains("apt-get install")).toList())
        .singleElement()
        .asString()
        .contains("\"${missing[@]}\"");
  }

  @Test
  void eachNameStandsOnce() {
    assertThat(HostPrograms.read().uses().stream().map(HostPrograms.Use::name).toList())
        .doesNotHaveDuplicates()
        .contains("clang-19", "llvm-objcopy-19", "qemu-system-x86_64", "java", "go");
  }

  @Test
  void theListSaysWhatBringsSomethingMissing() {
    HostPrograms programs =
        HostPrograms.parse("no-such-thing  odd-package  a test\n# no\nbash bash  a shell\n");
    assertThat(programs.packages()).containsExactly("odd-package", "bash");
    assertThat(programs.missing("A test", "bash")).isEmpty();
    assertThat(programs.missing("A test", "bash", "no-such-thing"))
        .hasValue("A test needs no-such-thing; Debian: apt-get install odd-package.");
    assertThatThrownBy(() -> programs.missing("A test", "elsewhere"))
        .hasMessageContaining("elsewhere");
    assertThatThrownBy(() -> HostPrograms.parse("bash bash")).hasMessageContaining("bash bash");
  }

  @Test
  void programsOfNoDeclaredPackageAreTold() {
    Map<String, InstalledPackage> installed =
        StartedPrograms.parse(
            "bash\tyes\trequired\tlibc6 (>= 2.36), \t\n"
                + "libc6\t\toptional\t\t\n"
                + "gcc\t\toptional\tgcc-12 (>= 12) | cc-of-another, binutils\tc-compiler\n"
                + "gcc-12\t\toptional\tas\t\n"
                + "binutils\t\toptional\t\tas\n"
                + "llvm-19\t\toptional\tlibc6\t\n");
    StartedPrograms programs =
        new StartedPrograms(
            HostPrograms.parse("gcc gcc tests\ngo - tests"),
            installed,
            List.of(Path.of("/usr/local/go")),
            Map.of(
                "/bin/bash", "bash",
                "/usr/bin/gcc", "gcc",
                "/usr/lib/gcc/cc1", "gcc-12",
                "/usr/bin/ld", "binutils",
                "/usr/bin/llvm-objcopy-19", "llvm-19"));
    assertThat(
            programs.undeclared(
                Set.of(
                    "/bin/bash",
                    "/usr/bin/gcc",
                    "/usr/lib/gcc/cc1",
                    "/usr/bin/ld",
                    "/usr/local/go/bin/go")))
        .isEmpty();
    assertThat(programs.undeclared(Set.of("/usr/bin/llvm-objcopy-19")))
        .containsExactly("/usr/bin/llvm-objcopy-19 of llvm-19");
    assertThat(programs.undeclared(Set.of("/usr/local/bin/odd")))
        .containsExactly("/usr/local/bin/odd of no package");
  }

  @Test
  void onlyProgramsOfTheMachineCount() {
    assertThat(
            StartedPrograms.started(
                "{\"data\":{\"pid\":1,\"file\":\"/bin/sh\"}}\n"
                    + "{\"data\":{\"file\":\"./whistler\"}}\n"
                    + "{\"data\":{\"file\":\"/home/a/b\"}}\n"
                    + "{\"data\":{\"file\":\"/usr/bin/of-a-container\"}}\n"))
        .containsExactly("/bin/sh");
  }
}
