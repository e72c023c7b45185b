package dev.whistler.operator.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.operator.profile.KernelKnowledge;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The compiler itself, on recorded formats: {@code parent_pid} is at 24 on Linux 6.1, at 12 on
 * 6.18.
 */
final class RealCompilerTest {
  private static final String USES_A_FIELD =
      """
      (deftracepoint sched/sched-process-fork parent-pid)
      (defmap parents :type :hash :key-type u32 :value-type u64 :max-entries 16)
      (defprog note (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (setf (getmap parents (tp-parent-pid)) 1)
        0)
      """;

  private static final String USES_NO_FIELD =
      """
      (defmap forks :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap forks 0))
        0)
      """;

  private final BuildCache cache = new BuildCache(1 << 20);
  private final ProgramBuilder builder =
      new ProgramBuilder(Compiler::compile, (defect, cause) -> {});

  @Test
  void kernelsWithOtherOffsetsGetOtherObjects() throws IOException {
    BuiltObject old = built(USES_A_FIELD, kernel("6.1"));
    BuiltObject current = built(USES_A_FIELD, kernel("6.18"));

    assertThat(old.objectDigest()).isNotEqualTo(current.objectDigest());
    assertThat(old.instructions()).isEqualTo(current.instructions()).isPositive();
  }

  @Test
  void aProgramThatAsksNothingOfTheKernelIsBuiltOnce() throws IOException {
    BuildOutcome old = build(USES_NO_FIELD, kernel("6.1"));
    BuildOutcome current = build(USES_NO_FIELD, kernel("6.18"));

    assertThat(old).isInstanceOf(BuildOutcome.Built.class).isSameAs(current);
  }

  @Test
  void aFieldThatTheKernelLacksIsNamedWithItsPlace() throws IOException {
    BuildOutcome outcome = build(USES_A_FIELD.replace("parent-pid", "parent-pids"), kernel("6.1"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            BuildOutcome.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo("MissingTracepointField");
              assertThat(rejected.diagnostics().getFirst().range().startLine()).isEqualTo(1);
              assertThat(rejected.diagnostics().getFirst().message()).contains("parent");
            });
  }

  /** The category of a tracepoint tells whether a module may bring it, or its name is wrong. */
  @Test
  void aTracepointOfAnUnknownCategoryIsWaitedFor() throws IOException {
    String imports = "(deftracepoint kvm/kvm-exit exit-reason)\n" + USES_NO_FIELD;
    String attached = USES_NO_FIELD.replace("sched/sched_process_fork", "kvm/kvm_exit");
    for (String source : List.of(imports, attached)) {
      assertThat(reason(source, Map.of())).isEqualTo("WaitingForModule");
      assertThat(reason(source, Map.of("kvm/kvm_entry", "fork")))
          .isEqualTo("MissingTracepointField");
      assertThat(reason(source.replace("process_fork", "process_frok"), Map.of()))
          .as("what no module mends is told first")
          .isEqualTo(source.equals(imports) ? "MissingTracepointField" : "WaitingForModule");
    }
    assertThat(reason(attached.replace("(incf (getmap forks 0))", "(incf nothing)"), Map.of()))
        .isEqualTo("MissingTracepointField");
    assertThat(reason(USES_NO_FIELD.replace("process_fork", "process_frok"), Map.of()))
        .isEqualTo("MissingTracepointField");
    assertThat(build(attached, kernel("6.1", Map.of("kvm/kvm_exit", "any"))))
        .isInstanceOf(BuildOutcome.Built.class);
  }

  /** On a kernel that has these events, too, all with the fields of a fork. */
  private String reason(String source, Map<String, String> more) throws IOException {
    return ((BuildOutcome.Rejected) build(source, kernel("6.1", more))).reason();
  }

  @Test
  void theSameSourceOnTheSameKernelIsTheSameObject() throws IOException {
    BuiltObject first = built(USES_A_FIELD, kernel("6.1"));
    BuiltObject again =
        ((BuildOutcome.Built) compiled(unit(USES_A_FIELD), kernel("6.1")).outcome()).object();

    assertThat(again.objectDigest()).isEqualTo(first.objectDigest());
    assertThat(again.answersDigest()).isEqualTo(first.answersDigest());
  }

  /**
   * As the build service does: what was built for a kernel that answers alike is not built again.
   */
  private BuildOutcome build(String source, KernelKnowledge.Known kernel) {
    SourceUnit unit = unit(source);
    String name = kernel.kernel().tracepointNames() + "@" + System.identityHashCode(kernel);
    return cache
        .find(unit.digest(), name, kernel.kernel())
        .orElseGet(
            () -> {
              TracedBuild build = compiled(unit, kernel);
              cache.put(unit.digest(), name, build);
              return build.outcome();
            });
  }

  private TracedBuild compiled(SourceUnit unit, KernelKnowledge.Known kernel) {
    return builder.build(unit, kernel.kernel(), Budget.UNLIMITED);
  }

  private BuiltObject built(String source, KernelKnowledge.Known kernel) {
    BuildOutcome outcome = build(source, kernel);
    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    return ((BuildOutcome.Built) outcome).object();
  }

  private static SourceUnit unit(String source) {
    return new SourceUnit("forks", source, Tier.OBSERVE, Map.of());
  }

  private static KernelKnowledge.Known kernel(String release) throws IOException {
    return kernel(release, Map.of());
  }

  private static KernelKnowledge.Known kernel(String release, Map<String, String> more)
      throws IOException {
    String file = "sched_process_fork-" + release + ".format";
    try (InputStream in = RealCompilerTest.class.getResourceAsStream(file)) {
      String format = new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
      Map<String, String> formats = new HashMap<>();
      formats.put("sched/sched_process_fork", format);
      more.keySet().forEach(event -> formats.put(event, format));
      return new KernelKnowledge.Known(
          new SuppliedKernel(Architecture.X86_64, formats, null, null, null));
    }
  }
}
