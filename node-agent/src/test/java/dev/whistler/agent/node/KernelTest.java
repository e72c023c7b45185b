package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.agent.report.KernelUpload;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.KernelProfileRequestSpec;
import dev.whistler.crds.KernelTypesContent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other tools do on a machine does not make it another kernel. */
final class KernelTest {

  /** A probe may lie in a group of the kernel's own. */
  @Test
  void probesOfOtherToolsDoNotChangeTheProfile() throws Exception {
    Machine machine = Machine.read();
    try (Tracefs tracefs = Tracefs.open()) {
      Path events = tracefs.root().resolve("uprobe_events");
      Assumptions.assumeTrue(Files.isWritable(events), "uprobe_events cannot be written here");
      String before = Kernel.read(machine).name();
      String event = "sched/whistler_test_" + ProcessHandle.current().pid();
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      append(events, "p:" + event + " " + java + ":0x1000\n");
      try {
        assertThat(tracefs.format("sched", event.substring("sched/".length()))).isPresent();
        assertThat(Kernel.read(machine).name()).isEqualTo(before);
      } finally {
        append(events, "-:" + event + "\n");
      }
    }
  }

  @Test
  void aModulesTracepointsMakeAnotherProfileOfTheSameTypes(@TempDir Path root) throws Exception {
    Machine machine = new Machine("6.1.0", "x86-64", "boot");
    KernelTypesContent types = KernelTypesContent.of(new byte[] {1}, new byte[] {2});
    Kernel none = Kernel.of("x86-64", Map.of(), Set.of(), Optional.of(types));
    event(root, "sched/sched_switch");
    Kernel before = none.readAgain(machine, Tracefs.at(root));
    Path module = event(root, "kvm/kvm_exit");
    Kernel loaded = before.readAgain(machine, Tracefs.at(root));

    assertThat(loaded.name()).isNotEqualTo(before.name());
    assertThat(loaded.stated().identity()).isNotEqualTo(before.stated().identity());
    assertThat(loaded.types()).isEqualTo(before.types());
    Files.delete(module.resolve("format"));
    assertThat(loaded.readAgain(machine, Tracefs.at(root))).isEqualTo(before);
  }

  private static Path event(Path root, String name) throws Exception {
    Path event = Files.createDirectories(root.resolve("events").resolve(name));
    Files.writeString(
        event.resolve("format"),
        "name: e\nID: 1\nformat:\n\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n");
    return event;
  }

  /** Once at its start, in a container with little memory. */
  @Test
  void itsTypesAreToldInFewPieces() throws Exception {
    Assumptions.assumeTrue(KernelBtf.isPresent(), "the types of this kernel cannot be read");
    Kernel kernel = Kernel.read(Machine.read());
    KernelTypesContent types = kernel.types().orElseThrow();

    assertThat(kernel.stated().types()).isEqualTo(types.pieces().digest());
    assertThat(kernel.stated().identity())
        .isEqualTo(KernelIdentity.of(kernel.name(), types.pieces().digest()));
    assertThat(types.pieces().names().toList())
        .hasSizeBetween(2, 6)
        .containsExactlyInAnyOrderElementsOf(types.specs().keySet());
    assertThat(Kernel.read(Machine.read())).as("each time the same").isEqualTo(kernel);
  }

  @Test
  void aListNamesWhatIsUploaded() throws Exception {
    KernelTypesContent types = KernelTypesContent.of(new byte[] {1}, new byte[] {2});
    Kernel kernel = Kernel.of("x86-64", Map.of(), Set.of(), Optional.of(types));
    String piece = types.pieces().functions().getFirst();

    assertThat(
            KernelUpload.wanted(
                kernel,
                new KernelProfileRequestSpec(
                    List.of("other", kernel.name()), List.of(piece, kernel.name()))))
        .containsExactly(
            new KernelUpload.Description("kernelprofiles", kernel.name()),
            new KernelUpload.Description("kerneltypes", piece));
    assertThat(KernelUpload.wanted(kernel, new KernelProfileRequestSpec(List.of(piece), List.of())))
        .isEmpty();
  }

  private static void append(Path events, String line) throws Exception {
    Files.writeString(events, line, StandardOpenOption.APPEND);
  }
}
