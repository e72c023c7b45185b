package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.crds.Digest;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.SourceReference;
import dev.whistler.crds.SourceReference.ConfigMapKey;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.operator.build.BuildService;
import dev.whistler.operator.build.ProgramBuilder;
import dev.whistler.operator.cluster.ClusterOfOne;
import dev.whistler.operator.cluster.GivenSources;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.HeldLeadership;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.profile.KernelKnowledge;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ResourceOperations;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A program whose text is in a ConfigMap that comes, changes and goes. */
final class SourceInConfigMapTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final OperatorConfig config =
      new SmallRyeConfigBuilder()
          .withConverter(Duration.class, 100, new DurationConverter())
          .withMapping(OperatorConfig.class)
          .build()
          .getConfigMapping(OperatorConfig.class);
  private final OperatorMetrics metrics = new OperatorMetrics(new SimpleMeterRegistry());
  private final GivenSources sources = new GivenSources(config, metrics);
  private final BuildService builds =
      new BuildService(
              new BuildService.Settings(2, LIMIT, 1 << 20),
              new ProgramBuilder(SourceInConfigMapTest::compiled, (defect, cause) -> {}),
              name ->
                  new KernelKnowledge.Known(
                      new SuppliedKernel(Architecture.X86_64, Map.of(), null, null, null)),
              name -> Optional.empty())
          .start();
  private final EventRecorder events =
      new EventRecorder(
          (program, transition, times) -> {},
          HeldLeadership.forEver(),
          metrics,
          System::nanoTime,
          LIMIT);
  private final ProgramReconciler reconciler =
      new ProgramReconciler(
          new ClusterOfOne(config, metrics, question -> {}),
          sources,
          null,
          null,
          events,
          builds,
          metrics,
          config);
  private final Stored stored = new Stored();
  private final WhistlerProgram program = program("forks", "texts");

  @AfterEach
  void close() {
    reconciler.stop();
    events.stop();
    builds.close();
  }

  @Test
  void nothingIsSaidBeforeTheFirstAnswerIsComplete() {
    reconciler.reconcile(program, stored.context(program));
    assertThat(program.getStatus()).isNull();
  }

  @Test
  void itIsBuiltOnceTheConfigMapIsThere() {
    sources.complete();
    reconcile();
    assertThat(condition("Compiled"))
        .satisfies(
            compiled -> {
              assertThat(compiled.status()).isEqualTo(Status.FALSE);
              assertThat(compiled.reason()).isEqualTo(Reason.SOURCE_UNAVAILABLE);
              assertThat(compiled.message())
                  .contains("no ConfigMap texts with the label whistler.dev/source in");
            });
    assertThat(condition("Ready").reason()).isEqualTo(Reason.SOURCE_UNAVAILABLE);
    assertThat(stored.revisions).isEmpty();

    sources.put(texts("1", "(one)"));
    reconcile();
    assertThat(condition("Compiled").status()).isEqualTo(Status.TRUE);
    assertThat(digests()).containsExactly(Digest.ofText("(one)").hex());
    assertThat(stored.artifacts).hasSize(1);
  }

  @Test
  void anotherTextIsAnotherRevisionAndOtherMetadataAreNone() {
    sources.complete();
    sources.put(texts("1", "(one)"));
    reconcile();
    sources.put(texts("2", "(one)"));
    reconcile();
    assertThat(digests()).hasSize(1);

    sources.put(texts("3", "(two)"));
    reconcile();
    assertThat(digests())
        .containsExactly(Digest.ofText("(one)").hex(), Digest.ofText("(two)").hex());
  }

  @Test
  void whatRunsRunsOnWithoutTheConfigMap() {
    sources.complete();
    sources.put(texts("1", "(one)"));
    reconcile();
    assertThat(stored.writes).hasSize(3);

    sources.remove(texts("1", "(one)"));
    reconcile();
    assertThat(condition("Compiled").reason()).isEqualTo(Reason.SOURCE_UNAVAILABLE);
    assertThat(condition("Ready").status()).isEqualTo(Status.FALSE);
    assertThat(program.getStatus().targetRevision()).isOne();
    assertThat(stored.writes).as("revision and artifact are as they were").hasSize(3);

    sources.put(texts("9", "(one)"));
    reconcile();
    assertThat(condition("Compiled").status()).isEqualTo(Status.TRUE);
    assertThat(stored.writes).as("it is the same text").hasSize(3);
  }

  @Test
  void aChangeConcernsThoseWhoNameTheConfigMap() {
    WhistlerProgram inline = program("inline", "texts");
    inline.setSpec(WhistlerProgramSpec.ofSource("(one)"));
    ConcernedPrograms concerned =
        new ConcernedPrograms(
            indexed(
                List.of(program, program("second", "texts"), program("other", "others"), inline)));
    List<String> told = new ArrayList<>();
    sources.onChange(
        configMap -> concerned.byConfigMap(configMap).map(ResourceID::getName).forEach(told::add));

    sources.put(texts("1", "(one)"));
    assertThat(told).containsExactlyInAnyOrder("forks", "second");
    sources.put(texts("2", "(one)"));
    assertThat(told).as("no text has changed").hasSize(2);
    sources.remove(texts("2", "(one)"));
    assertThat(told).hasSize(4);
  }

  private void reconcile() {
    Context<WhistlerProgram> context = stored.context(program);
    reconciler.reconcile(program, context);
    await().atMost(LIMIT).until(() -> builds.counts().queued() == 0);
    reconciler.reconcile(program, context);
  }

  private ResourceCondition condition(String type) {
    return program.getStatus().conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  /** Of the texts of the revisions, the oldest first. */
  private List<String> digests() {
    return stored.revisions.values().stream().map(it -> it.getSpec().sourceDigest()).toList();
  }

  private static WhistlerProgram program(String name, String configMap) {
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName(name);
    program.getMetadata().setUid("uid-of-" + name);
    program.getMetadata().setGeneration(1L);
    program.setSpec(
        new WhistlerProgramSpec(
            null,
            new SourceReference(new ConfigMapKey(configMap, "forks.lisp")),
            null,
            Map.of(),
            null,
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null,
            null,
            null,
            null,
            null));
    return program;
  }

  private static ConfigMap texts(String version, String text) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("texts")
        .withUid("uid-" + version)
        .withResourceVersion(version)
        .endMetadata()
        .addToData("forks.lisp", text)
        .build();
  }

  private static CompilationResult compiled(CompilationRequest request) {
    byte[] object = request.sources().getFirst().text().getBytes(StandardCharsets.UTF_8);
    return new CompilationResult(
        Optional.of(new CompiledObject(object, "{}", List.of())), List.of(), List.of());
  }

  /** An informer's cache, as far as it is asked here. */
  @SuppressWarnings("unchecked")
  private static IndexerResourceCache<WhistlerProgram> indexed(List<WhistlerProgram> programs) {
    Map<String, Function<WhistlerProgram, List<String>>> indexes = new HashMap<>();
    return (IndexerResourceCache<WhistlerProgram>)
        Proxy.newProxyInstance(
            IndexerResourceCache.class.getClassLoader(),
            new Class<?>[] {IndexerResourceCache.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "addIndexer" ->
                      indexes.put(
                          (String) arguments[0],
                          (Function<WhistlerProgram, List<String>>) arguments[1]);
                  case "byIndex" ->
                      programs.stream()
                          .filter(
                              program ->
                                  indexes
                                      .get(arguments[0])
                                      .apply(program)
                                      .contains((String) arguments[1]))
                          .toList();
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /** What the API server would hold. */
  private static final class Stored {
    private final Map<String, WhistlerRevision> revisions = new TreeMap<>();
    private final Map<String, WhistlerArtifact> artifacts = new TreeMap<>();

    /** Of revisions and artifacts. */
    private final List<String> writes = new ArrayList<>();

    @SuppressWarnings("unchecked")
    Context<WhistlerProgram> context(WhistlerProgram program) {
      ResourceOperations<WhistlerProgram> operations = new Operations(program);
      return (Context<WhistlerProgram>)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "resourceOperations" -> operations;
                    case "getSecondaryResourcesAsStream" ->
                        arguments[0] == WhistlerRevision.class
                            ? List.copyOf(revisions.values()).stream()
                            : List.copyOf(artifacts.values()).stream();
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }

    private final class Operations extends ResourceOperations<WhistlerProgram> {
      private final WhistlerProgram program;

      Operations(WhistlerProgram program) {
        super(null);
        this.program = program;
      }

      @Override
      public <R extends HasMetadata> R create(R resource) {
        writes.add("create " + resource.getMetadata().getName());
        switch (resource) {
          case WhistlerRevision revision ->
              revisions.put(revision.getMetadata().getName(), revision);
          case WhistlerArtifact artifact ->
              artifacts.put(artifact.getMetadata().getName(), artifact);
          default -> throw new UnsupportedOperationException(resource.getKind());
        }
        return resource;
      }

      @Override
      public <R extends HasMetadata> R serverSideApplyStatus(R resource) {
        WhistlerRevision patch = (WhistlerRevision) resource;
        writes.add("status of " + patch.getMetadata().getName());
        revisions.get(patch.getMetadata().getName()).setStatus(patch.getStatus());
        return resource;
      }

      @Override
      public WhistlerProgram serverSideApplyPrimaryStatus(WhistlerProgram patch) {
        program.setStatus(patch.getStatus());
        return program;
      }
    }
  }
}
