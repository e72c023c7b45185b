package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that lack something: one sentence that says what, exit code 3, no stack trace. */
class PoorMachineTest {
  private static final long LIMIT_S = 120;
  private static final String FORKS =
      """
      (deftracepoint sched/sched-process-fork child-pid)
      (defmap seen :type :hash :key-type u32 :value-type u64 :max-entries 16)
      (defprog p (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (setf (getmap seen (tp-child-pid)) 1)
        0)
      """;
  private static final String NEEDS_TYPES =
      """
      (defprog p (:type :tp-btf :section "tp_btf/sched_process_fork")
        (arg parent)
        0)
      """;

  @TempDir Path folder;

  private record Ended(int exitCode, String text) {}

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "root makes the machine poorer");
  }

  @Test
  void aKernelWithoutBpfCannotRunAProgram() throws Exception {
    Ended run = java(WithoutBpf.class, "run", source(FORKS), "--for", "1s");
    assertThat(run.text())
        .contains("this kernel has no BPF: use one that is built with CONFIG_BPF_SYSCALL")
        .doesNotContain("\tat ");
    assertThat(run.exitCode()).isEqualTo(CommandFailure.MACHINE);
  }

  @Test
  void aKernelWithoutBpfHasNoFeaturesToRecord() throws Exception {
    Ended run = java(WithoutBpf.class, "profile", "-o", folder.resolve("k.json.gz").toString());
    assertThat(run.text()).contains("this kernel has no BPF").doesNotContain("\tat ");
    assertThat(run.exitCode()).isEqualTo(CommandFailure.MACHINE);
    assertThat(folder.resolve("k.json.gz")).doesNotExist();
  }

  @Test
  void withoutKernelTypesOnlyWhatNeedsThemIsRefused() throws Exception {
    Ended plain = withoutTypes("check", source(FORKS));
    assertThat(plain.exitCode()).as(plain.text()).isZero();

    Ended needing = withoutTypes("check", source(NEEDS_TYPES));
    assertThat(needing.text())
        .contains("p.lisp:2:")
        .contains("CONFIG_DEBUG_INFO_BTF")
        .doesNotContain("\tat ");
    assertThat(needing.exitCode()).isEqualTo(CommandFailure.BAD_INPUT);
  }

  private String source(String text) throws IOException {
    return Files.writeString(folder.resolve("p.lisp"), text).toString();
  }

  /** In a mount namespace of its own, where the directory of the kernel's types is empty. */
  private Ended withoutTypes(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t tmpfs none /sys/kernel/btf && exec \"$@\"",
                "sh"));
    command.addAll(JavaCommand.of(Main.class, arguments));
    return run(command);
  }

  private Ended java(Class<?> main, String... arguments) throws Exception {
    return run(JavaCommand.of(main, arguments));
  }

  private Ended run(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended").isTrue();
      return new Ended(process.exitValue(), Files.readString(log));
    } finally {
      process.destroyForcibly();
    }
  }
}
