package dev.whistler.operator.build;

import static dev.whistler.operator.build.FakeCompiler.OFFSET_12;
import static dev.whistler.operator.build.FakeCompiler.OFFSET_24;
import static dev.whistler.operator.build.FakeCompiler.kernel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.profile.KernelKnowledge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With a stand-in for the compiler that asks about one tracepoint, so that every step is seen. */
final class ProgramBuilderTest {
  private static final SourceUnit UNIT = new SourceUnit("forks", "text", Tier.OBSERVE, Map.of());

  private final ProgramBuilder builder =
      new ProgramBuilder(new FakeCompiler(), (defect, cause) -> {});

  @Test
  void anAbsentTracepointIsAnAnswerToo() {
    BuildOutcome without = build(builder, kernel(Map.of("sched/g", OFFSET_12)));
    BuildOutcome with = build(builder, kernel(Map.of("sched/f", OFFSET_12)));

    assertThat(without)
        .isInstanceOfSatisfying(
            BuildOutcome.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo("MissingTracepointField"));
    assertThat(with).isInstanceOf(BuildOutcome.Built.class);
  }

  @Test
  void agentsAreNotToSeeTheirOwnWork() {
    List<Boolean> leftOut = new ArrayList<>();
    ProgramBuilder watched =
        new ProgramBuilder(
            request -> {
              leftOut.add(request.options().withoutReader());
              return new FakeCompiler().apply(request);
            },
            (defect, cause) -> {});
    build(watched, kernel(Map.of("sched/f", OFFSET_12)));

    assertThat(leftOut).containsExactly(true);
  }

  @Test
  void aHostileFormatIsTheProfilesFaultAndNoCrash() {
    assertThat(build(builder, kernel(Map.of("sched/f", "no fields"))))
        .isInstanceOfSatisfying(
            BuildOutcome.Impossible.class,
            impossible -> assertThat(impossible.reason()).isEqualTo(Reason.MALFORMED_PROFILE));
  }

  /** Any user can send any source: the compiler's own failure must not stop the reconciliation. */
  @Test
  void whatTheCompilerThrowsIsADiagnosticWithAReference() {
    for (Throwable thrown :
        List.of(
            new IllegalArgumentException("no scalar type of 16 bytes"),
            new StackOverflowError(),
            new AssertionError("not here"))) {
      List<String> logged = new ArrayList<>();
      ProgramBuilder failing =
          new ProgramBuilder(
              request -> {
                Objects.requireNonNull(request.kernel()).tracepoint("sched", "f");
                throw sneaky(thrown);
              },
              (defect, cause) -> {
                assertThat(cause).isSameAs(thrown);
                logged.add(defect.reference());
              });
      BuildOutcome first = build(failing, kernel(Map.of("sched/f", OFFSET_12)));

      assertThat(first)
          .isInstanceOfSatisfying(
              BuildOutcome.Rejected.class,
              rejected -> {
                assertThat(rejected.reason()).isEqualTo("CompilerDefect");
                assertThat(rejected.diagnostics())
                    .singleElement()
                    .satisfies(
                        d -> {
                          assertThat(d.code()).isEqualTo(Code.E_INTERNAL);
                          assertThat(d.message()).contains(logged.getFirst());
                        });
              });
      assertThat(logged).hasSize(1);
      build(failing, kernel(Map.of("sched/f", OFFSET_24)));
      assertThat(logged).hasSize(2);
      assertThat(logged.get(1)).isEqualTo(logged.get(0));
    }
  }

  private static RuntimeException sneaky(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return (RuntimeException) thrown;
  }

  @Test
  void anObjectThatDoesNotFitIsSaidToBeTooLarge() {
    byte[] noise = new byte[2 * WhistlerArtifactSpec.MAX_GZIP_BYTES];
    new Random(1).nextBytes(noise);
    ProgramBuilder large =
        new ProgramBuilder(
            request ->
                new CompilationResult(
                    Optional.of(new CompiledObject(noise, "{}", List.of())), List.of(), List.of()),
            (defect, cause) -> {});

    assertThat(build(large, kernel(Map.of())))
        .isInstanceOfSatisfying(
            BuildOutcome.Impossible.class,
            impossible -> assertThat(impossible.reason()).isEqualTo(Reason.OBJECT_TOO_LARGE));
  }

  private static BuildOutcome build(ProgramBuilder builder, KernelKnowledge.Known kernel) {
    return builder.build(UNIT, kernel.kernel(), Budget.UNLIMITED).outcome();
  }
}
