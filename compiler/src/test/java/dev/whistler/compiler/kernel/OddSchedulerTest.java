package dev.whistler.compiler.kernel;

import static dev.whistler.compiler.kernel.SmallKernel.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.source.SourceText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels that name the tasks of a switch in another way: the reader's work is not left out. */
class OddSchedulerTest {
  private static final String PREVIOUS = field("pid_t prev_pid", 24, 4, 1);

  static Stream<Arguments> formats() {
    return Stream.of(
        Arguments.of("both", List.of(PREVIOUS, field("pid_t next_pid", 56, 4, 1)), true),
        Arguments.of("one", List.of(PREVIOUS), false),
        Arguments.of("wide", List.of(PREVIOUS, field("long next_pid", 56, 8, 1)), false),
        Arguments.of("array", List.of(PREVIOUS, field("int next_pid[2]", 56, 8, 1)), false),
        Arguments.of("misaligned", List.of(PREVIOUS, field("pid_t next_pid", 57, 4, 1)), false));
  }

  private static CompilationOptions options() {
    return CompilationOptions.defaults().withReaderLeftOut(true);
  }

  private static boolean isChecked(@Nullable KernelDescription kernel) {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(
                    Architecture.X86_64,
                    new SourceText(
                        "t.w",
                        "(defstruct note (at u64)) (defmap out :type :ringbuf :max-entries 4096 :record note)"
                            + "(defprog p (:section \"tracepoint/sched/sched_switch\") 0)"))
                .withKernel(kernel)
                .withOptions(options()));
    assertThat(result.diagnostics()).isEmpty();
    byte[] elf = result.object().orElseThrow().elf();
    return new String(elf, StandardCharsets.ISO_8859_1).contains(".whistler.reader");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void isCheckedWhereBothTasksAreNamed(String name, List<String> fields, boolean checked) {
    KernelDescription kernel =
        new SmallKernel().event("sched/sched_switch", fields.toArray(String[]::new)).description();
    assertThat(isChecked(kernel)).isEqualTo(checked);
    assertThat(isChecked(null)).as("without a description").isFalse();
  }
}
