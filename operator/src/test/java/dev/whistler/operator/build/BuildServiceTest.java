package dev.whistler.operator.build;

import static dev.whistler.operator.build.FakeCompiler.OFFSET_12;
import static dev.whistler.operator.build.FakeCompiler.OFFSET_24;
import static dev.whistler.operator.build.FakeCompiler.kernel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.build.BuildOutcome.Awaiting;
import dev.whistler.operator.build.BuildOutcome.Built;
import dev.whistler.operator.build.BuildOutcome.Queued;
import dev.whistler.operator.build.BuildOutcome.Rejected;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.profile.KernelKnowledge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a stand-in for the compiler, so that every step is seen. */
final class BuildServiceTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String UID = "uid-1";
  private static final String SOURCE = "3".repeat(64);
  private static final Duration LONG = Duration.ofMinutes(10);

  private final FakeCompiler compiler = new FakeCompiler();
  private final Map<String, KernelKnowledge> kernels = new ConcurrentHashMap<>();
  private final Map<String, WhistlerArtifactSpec> artifacts = new ConcurrentHashMap<>();
  private final List<StoredArtifact> stored = new ArrayList<>();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private BuildService service = service(LONG);

  private BuildService service(Duration timeLimit) {
    BuildService made =
        new BuildService(
                new BuildService.Settings(2, timeLimit, 1 << 20),
                new ProgramBuilder(compiler, (defect, cause) -> {}),
                name -> kernels.getOrDefault(name, new KernelKnowledge.Awaited()),
                name -> Optional.ofNullable(artifacts.get(name)))
            .start();
    made.onProgress(told::add);
    return made;
  }

  private void startAnew(Duration timeLimit) {
    service.close();
    service = service(timeLimit);
  }

  @AfterEach
  void close() {
    compiler.letGo();
    service.close();
  }

  @Test
  void nobodyWaitsForACompilationAndItsEndIsTold() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    SourceUnit held = unit("held", "HELD");

    ProgramBuilds builds = outcomes(held, Set.of("k"));
    assertThat(builds.outcomes()).containsExactly(Map.entry("k", new Queued()));
    assertThat(builds.queuedFor()).isPresent();
    assertThat(told).isEmpty();

    compiler.letGo();
    await().atMost(LIMIT).until(() -> told.contains("held"));
    assertThat(outcomes(held, Set.of("k")))
        .satisfies(
            known -> {
              assertThat(known.outcomes().get("k")).isInstanceOf(Built.class);
              assertThat(known.queuedFor()).isEmpty();
            });
  }

  @Test
  void kernelsThatAnswerAlikeShareOneCompilationAlsoWhenAskedForTogether() {
    List<String> names = IntStream.range(0, 12).mapToObj(it -> "k" + it).toList();
    names.forEach(
        name -> kernels.put(name, kernel(Map.of("sched/f", OFFSET_12, "other/" + name, "1"))));

    Map<String, BuildOutcome> outcomes = settled(unit("forks", "x"), names);

    assertThat(compiler.compilations("forks")).isOne();
    assertThat(outcomes.values()).hasSize(12).containsOnly(outcomes.get("k0"));
    assertThat(service.counts().compilations()).isOne();
  }

  @Test
  void kernelsThatDifferInWhatWasAskedGetTheirOwnObjects() {
    kernels.put("a", kernel(Map.of("sched/f", OFFSET_12)));
    kernels.put("b", kernel(Map.of("sched/f", OFFSET_24)));

    Map<String, BuildOutcome> outcomes = settled(unit("forks", "x"), List.of("a", "b"));

    BuiltObject first = ((Built) outcomes.get("a")).object();
    BuiltObject second = ((Built) outcomes.get("b")).object();
    assertThat(compiler.compilations("forks")).isEqualTo(2);
    assertThat(first.objectDigest()).isNotEqualTo(second.objectDigest());
    assertThat(first.answersDigest()).isNotEqualTo(second.answersDigest());
  }

  @Test
  void anotherTierIsAnotherBuild() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    settled(unit("forks", "x"), List.of("k"));
    settled(new SourceUnit("forks", "x", Tier.ACT, Map.of()), List.of("k"));

    assertThat(compiler.compilations("forks")).isEqualTo(2);
  }

  @Test
  void aKernelThatIsAwaitedOrMalformedIsNotCompiledFor() {
    kernels.put("bad", new KernelKnowledge.Malformed("no"));

    ProgramBuilds builds = outcomes(unit("forks", "x"), List.of("away", "bad"));

    assertThat(builds.outcomes())
        .containsEntry("away", new Awaiting())
        .containsEntry("bad", new BuildOutcome.Impossible(Reason.MALFORMED_PROFILE, "no"));
    assertThat(builds.queuedFor()).isEmpty();
    assertThat(compiler.compilations("forks")).isZero();
  }

  /** Or each look at it would be another compilation, and its end another look. */
  @Test
  void whatAHostileFormatCausesIsRemembered() {
    kernels.put("hostile", kernel(Map.of("sched/f", "no fields")));
    settled(unit("forks", "x"), List.of("hostile"));
    settled(unit("forks", "x"), List.of("hostile"));

    assertThat(compiler.compilations("forks")).isOne();
  }

  @Test
  void aProgramThatUsesUpItsTimeDelaysNobody() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    List<SourceUnit> slow =
        IntStream.range(0, 4).mapToObj(it -> unit("slow" + it, "SLOW")).toList();
    slow.forEach(it -> outcomes(it, Set.of("k")));
    // Each has had its short time, and those ten minutes long are under way.
    await()
        .atMost(LIMIT)
        .until(() -> slow.stream().allMatch(it -> compiler.compilations(it.name()) >= 1));

    for (int i = 0; i < 5; i++) {
      assertThat(settled(unit("quick" + i, "x"), List.of("k")).get("k")).isInstanceOf(Built.class);
    }
    assertThat(slow)
        .allSatisfy(
            it ->
                assertThat(outcomes(it, Set.of("k")).outcomes()).containsEntry("k", new Queued()));
  }

  @Test
  void whatRanOutOfTimeIsSaidAndNotTriedAgainAtOnceButAChangedSpecIs() {
    startAnew(Duration.ofMillis(1));
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    SourceUnit slow = unit("forks", "SLOW");

    assertThat(settled(slow, List.of("k")).get("k"))
        .isInstanceOfSatisfying(
            Rejected.class,
            it -> assertThat(it.diagnostics().getFirst().code()).isEqualTo(Code.E_BUDGET));
    ProgramBuilds again = outcomes(slow, Set.of("k"));
    assertThat(again.queuedFor()).isEmpty();
    assertThat(again.askAgain()).hasValueSatisfying(it -> assertThat(it).isPositive());
    assertThat(compiler.compilations("forks")).isOne();
    assertThat(service.counts().outOfTime()).isOne();

    startAnew(LONG);
    assertThat(settled(unit("forks", "changed"), List.of("k")).get("k")).isInstanceOf(Built.class);
  }

  @Test
  void aNewerSpecTakesThePlaceOfAnOlderOneAlsoWhileThatIsCompiled() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    SourceUnit old = unit("forks", "SLOW");
    outcomes(old, Set.of("k"));
    await().atMost(LIMIT).until(() -> compiler.compilations("forks") == 1);

    assertThat(settled(unit("forks", "new"), List.of("k")).get("k")).isInstanceOf(Built.class);
    await().atMost(LIMIT).until(() -> service.counts().queued() == 0);
  }

  @Test
  void whatIsForgottenIsBuiltNoMore() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    outcomes(unit("forks", "SLOW"), Set.of("k"));
    await().atMost(LIMIT).until(() -> compiler.compilations("forks") == 1);
    service.forget("forks");

    assertThat(service.counts().queued()).isZero();
    settled(unit("another", "x"), List.of("k"));
  }

  @Test
  void aWorkerGoesOnAfterWhatNoCompilerPromisesToThrow() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    for (int i = 0; i < 3; i++) {
      SourceUnit broken = unit("broken" + i, "THROWS");
      assertThat(settled(broken, List.of("k")).get("k"))
          .isInstanceOfSatisfying(
              Rejected.class,
              it -> {
                assertThat(it.reason()).isEqualTo("CompilerDefect");
                assertThat(it.diagnostics().getFirst().code()).isEqualTo(Code.E_INTERNAL);
              });
      assertThat(outcomes(broken, Set.of("k")).askAgain()).isPresent();
    }
    assertThat(settled(unit("forks", "x"), List.of("k")).get("k")).isInstanceOf(Built.class);
    assertThat(service.counts().defects()).isEqualTo(3);
  }

  @Test
  void aListenerThatThrowsStopsNobody() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    service.onProgress(
        program -> {
          throw new IllegalStateException("no");
        });
    for (int i = 0; i < 3; i++) {
      assertThat(settled(unit("forks" + i, "x"), List.of("k")).get("k")).isInstanceOf(Built.class);
    }
  }

  @Test
  void closingEndsWhatIsCompiled() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    outcomes(unit("forks", "SLOW"), Set.of("k"));
    await().atMost(LIMIT).until(() -> compiler.compilations("forks") == 1);
    service.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("build-"));
  }

  @Test
  void oneWorkerIsAlwaysLeftForWhatIsQuick() {
    assertThatThrownBy(() -> new BuildService.Settings(1, LONG, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 2");
  }

  @Test
  void aRestartedOperatorTakesFromArtifactsWhatTheyHold() {
    kernels.put("a", kernel(Map.of("sched/f", OFFSET_12)));
    kernels.put("b", kernel(Map.of("sched/f", OFFSET_24)));
    SourceUnit forks = unit("forks", "x");
    Map<String, BuildOutcome> before = settled(forks, List.of("a", "b"));
    before.values().forEach(this::store);

    startAnew(LONG);
    Map<String, BuildOutcome> after = settled(forks, List.of("a", "b"));

    assertThat(service.counts().compilations()).isZero();
    assertThat(service.counts().adopted()).isEqualTo(2);
    assertThat(compiler.compilations("forks")).isEqualTo(2);
    for (String name : List.of("a", "b")) {
      BuiltObject was = ((Built) before.get(name)).object();
      BuiltObject is = ((Built) after.get(name)).object();
      assertThat(is.artifact(UID, SOURCE)).isEqualTo(was.artifact(UID, SOURCE));
    }
  }

  @Test
  void warningsComeBackWithTheObject() {
    kernels.put("k", kernel(Map.of("sched/f", OFFSET_12)));
    SourceUnit forks = unit("forks", "WARNS");
    Built before = (Built) settled(forks, List.of("k")).get("k");
    store(before);

    startAnew(LONG);
    Built after = (Built) settled(forks, List.of("k")).get("k");

    assertThat(service.counts().adopted()).isOne();
    assertThat(after.warnings())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo(Code.W_SIGN);
              assertThat(it.message()).isEqualTo(before.warnings().getFirst().message());
              assertThat(it.range().startLine()).isEqualTo(1);
            });
  }

  /** Whoever may write artifacts may write anything into them. */
  @Test
  void whatIsForgedIsNeverTaken() {
    kernels.put("a", kernel(Map.of("sched/f", OFFSET_12)));
    kernels.put("b", kernel(Map.of("sched/f", OFFSET_24)));
    SourceUnit forks = unit("forks", "x");
    WhistlerArtifactSpec ofA = spec(settled(forks, List.of("a")).get("a"));
    WhistlerArtifactSpec ofB = spec(settled(forks, List.of("b")).get("b"));
    BuiltObject genuine = ((Built) settled(forks, List.of("b")).get("b")).object();

    List<WhistlerArtifactSpec> forged =
        List.of(
            // The object for another kernel under the trace of this one.
            with(ofB, ofB.answersDigest(), ofA.objectDigest(), ofB.object(), ofB.trace()),
            with(ofB, ofB.answersDigest(), ofB.objectDigest(), ofA.object(), ofB.trace()),
            // A trace that is not that of the answers.
            with(ofA, ofA.answersDigest(), ofA.objectDigest(), ofA.object(), ofB.trace()),
            with(ofB, ofA.answersDigest(), ofB.objectDigest(), ofB.object(), ofB.trace()),
            // No trace at all.
            with(ofB, ofB.answersDigest(), ofB.objectDigest(), ofB.object(), "AAAA"),
            with(ofB, ofB.answersDigest(), ofB.objectDigest(), ofB.object(), "no base64 ("),
            with(ofB, ofB.answersDigest(), ofB.objectDigest(), "no base64 (", ofB.trace()),
            // Genuine, but of the other kernel.
            ofA);
    for (WhistlerArtifactSpec forgery : forged) {
      artifacts.clear();
      stored.clear();
      store(forgery.name(), forgery);
      startAnew(LONG);

      BuiltObject object = ((Built) settled(forks, List.of("b")).get("b")).object();
      assertThat(object.objectDigest()).isEqualTo(genuine.objectDigest());
      assertThat(object.gzip()).isEqualTo(genuine.gzip());
      assertThat(service.counts().adopted()).isZero();
    }
    artifacts.clear();
    stored.clear();
    store("another-name", ofB);
    startAnew(LONG);
    settled(forks, List.of("b"));
    assertThat(service.counts().adopted()).isZero();
  }

  private static WhistlerArtifactSpec with(
      WhistlerArtifactSpec spec,
      String answersDigest,
      String objectDigest,
      String object,
      String trace) {
    return new WhistlerArtifactSpec(
        spec.programUid(),
        spec.sourceDigest(),
        spec.architecture(),
        answersDigest,
        objectDigest,
        object,
        spec.programs(),
        null,
        spec.buildDigest(),
        trace,
        spec.warnings());
  }

  private static WhistlerArtifactSpec spec(BuildOutcome outcome) {
    return ((Built) outcome).object().artifact(UID, SOURCE);
  }

  private void store(BuildOutcome outcome) {
    WhistlerArtifactSpec spec = spec(outcome);
    assertThat(((Built) outcome).object().described(UID, SOURCE).name()).isEqualTo(spec.name());
    store(spec.name(), spec);
  }

  private void store(String name, WhistlerArtifactSpec spec) {
    WhistlerArtifact artifact = new WhistlerArtifact();
    artifact.getMetadata().setName(name);
    artifact.setSpec(spec);
    artifacts.put(name, spec);
    stored.add(StoredArtifact.of(artifact));
  }

  private ProgramBuilds outcomes(SourceUnit unit, Collection<String> names) {
    return service.outcomes(Priority.RECONCILE, unit, names, stored);
  }

  /** What becomes of a unit once nothing of it waits. */
  private Map<String, BuildOutcome> settled(SourceUnit unit, List<String> names) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                outcomes(unit, names).outcomes().values().stream()
                    .noneMatch(Queued.class::isInstance));
    return outcomes(unit, names).outcomes();
  }

  private static SourceUnit unit(String name, String text) {
    return new SourceUnit(name, text, Tier.OBSERVE, Map.of());
  }
}
