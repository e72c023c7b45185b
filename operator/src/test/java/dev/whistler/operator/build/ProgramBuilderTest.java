package dev.whistler.operator.build;

import static dev.whistler.operator.Examples.diagnostic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.profile.KernelKnowledge;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With a stand-in for the compiler that asks about one tracepoint, so that every step is seen. */
final class ProgramBuilderTest {
  private static final String OFFSET_12 = format(12);
  private static final String OFFSET_24 = format(24);
  private static final SourceUnit UNIT = new SourceUnit("forks", "text", Tier.OBSERVE, Map.of());

  private int compilations;
  private final ProgramBuilder builder =
      new ProgramBuilder(this::compileParentOffset, Duration.ofMinutes(10), (defect, cause) -> {});

  @Test
  void kernelsThatAnswerAlikeShareOneCompilation() {
    BuildOutcome first = builder.build(UNIT, kernel(Map.of("sched/f", OFFSET_12, "a/b", "1")));
    BuildOutcome second = builder.build(UNIT, kernel(Map.of("sched/f", OFFSET_12, "c/d", "2")));

    assertThat(compilations).isEqualTo(1);
    assertThat(second).isSameAs(first);
  }

  @Test
  void kernelsThatDifferInWhatWasAskedGetTheirOwnObjects() {
    BuildOutcome first = builder.build(UNIT, kernel(Map.of("sched/f", OFFSET_12)));
    BuildOutcome second = builder.build(UNIT, kernel(Map.of("sched/f", OFFSET_24)));

    assertThat(compilations).isEqualTo(2);
    assertThat(object(first).objectDigest()).isNotEqualTo(object(second).objectDigest());
    assertThat(object(first).answersDigest()).isNotEqualTo(object(second).answersDigest());
  }

  @Test
  void anAbsentTracepointIsAnAnswerToo() {
    BuildOutcome without = builder.build(UNIT, kernel(Map.of()));
    BuildOutcome with = builder.build(UNIT, kernel(Map.of("sched/f", OFFSET_12)));

    assertThat(without)
        .isInstanceOfSatisfying(
            BuildOutcome.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo("MissingTracepointField"));
    assertThat(with).isInstanceOf(BuildOutcome.Built.class);
  }

  @Test
  void whatRanOutOfTimeIsTriedAgain() {
    ProgramBuilder hurried =
        new ProgramBuilder(this::compileParentOffset, Duration.ZERO, (defect, cause) -> {});
    KernelKnowledge kernel = kernel(Map.of("sched/f", OFFSET_12));
    hurried.build(UNIT, kernel);
    hurried.build(UNIT, kernel);

    assertThat(compilations).isEqualTo(2);
  }

  @Test
  void anotherTierIsAnotherBuild() {
    KernelKnowledge kernel = kernel(Map.of("sched/f", OFFSET_12));
    builder.build(UNIT, kernel);
    builder.build(new SourceUnit("forks", "text", Tier.ACT, Map.of()), kernel);

    assertThat(compilations).isEqualTo(2);
  }

  @Test
  void agentsAreNotToSeeTheirOwnWork() {
    List<Boolean> leftOut = new ArrayList<>();
    ProgramBuilder watched =
        new ProgramBuilder(
            request -> {
              leftOut.add(request.options().withoutReader());
              return compileParentOffset(request);
            },
            Duration.ofMinutes(1),
            (defect, cause) -> {});
    watched.build(UNIT, kernel(Map.of("sched/f", OFFSET_12)));

    assertThat(leftOut).containsExactly(true);
  }

  @Test
  void aHostileFormatIsTheProfilesFaultAndNoCrash() {
    assertThat(builder.build(UNIT, kernel(Map.of("sched/f", "no fields"))))
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
              Duration.ofMinutes(1),
              (defect, cause) -> {
                assertThat(cause).isSameAs(thrown);
                logged.add(defect.reference());
              });
      BuildOutcome first = failing.build(UNIT, kernel(Map.of("sched/f", OFFSET_12)));

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
      assertThat(failing.build(UNIT, kernel(Map.of("sched/f", OFFSET_12)))).isEqualTo(first);
      assertThat(logged).hasSize(1);
      failing.build(UNIT, kernel(Map.of("sched/f", OFFSET_24)));
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
            Duration.ofSeconds(1),
            (defect, cause) -> {});

    assertThat(large.build(UNIT, kernel(Map.of())))
        .isInstanceOfSatisfying(
            BuildOutcome.Impossible.class,
            impossible -> assertThat(impossible.reason()).isEqualTo(Reason.OBJECT_TOO_LARGE));
  }

  @Test
  void aKernelThatIsAwaitedOrMalformedIsNotCompiledFor() {
    assertThat(builder.build(UNIT, new KernelKnowledge.Awaited()))
        .isInstanceOf(BuildOutcome.Awaiting.class);
    assertThat(builder.build(UNIT, new KernelKnowledge.Malformed("no")))
        .isEqualTo(new BuildOutcome.Impossible(Reason.MALFORMED_PROFILE, "no"));
    assertThat(compilations).isZero();
  }

  private CompilationResult compileParentOffset(CompilationRequest request) {
    compilations++;
    return request
        .kernel()
        .tracepoint("sched", "f")
        .map(
            format ->
                new CompilationResult(
                    Optional.of(
                        new CompiledObject(
                            format.toString().getBytes(StandardCharsets.UTF_8), "{}", List.of())),
                    List.of(),
                    List.of()))
        .orElseGet(
            () ->
                new CompilationResult(
                    Optional.empty(),
                    List.of(diagnostic(Code.E_TP, 1, 17, "no event sched/f")),
                    List.of()));
  }

  private static KernelKnowledge kernel(Map<String, String> formats) {
    return new KernelKnowledge.Known(
        new SuppliedKernel(Architecture.X86_64, formats, null, null, null));
  }

  private static BuiltObject object(BuildOutcome outcome) {
    return ((BuildOutcome.Built) outcome).object();
  }

  private static String format(int offset) {
    return "name: f\nformat:\n\tfield:pid_t parent_pid;\toffset:"
        + offset
        + ";\tsize:4;\tsigned:1;\n";
  }
}
