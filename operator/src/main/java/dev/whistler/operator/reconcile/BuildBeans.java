package dev.whistler.operator.reconcile;

import dev.whistler.compiler.Compiler;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.build.BuildService;
import dev.whistler.operator.build.ProgramBuilder;
import dev.whistler.operator.cluster.ClusterWatch;
import dev.whistler.operator.config.OperatorConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The build service as the operator runs it, one for all who ask for builds. */
@ApplicationScoped
class BuildBeans {
  private static final long MEBIBYTE = 1 << 20;

  @Produces
  @Singleton
  BuildService builds(
      KubernetesClient client, ClusterWatch cluster, OperatorConfig config, MeterRegistry meters) {
    BuildService builds =
        new BuildService(
                new BuildService.Settings(
                    config.buildWorkers(),
                    config.compileTimeLimit(),
                    config.buildCacheMib() * MEBIBYTE),
                new ProgramBuilder(
                    Compiler::compile,
                    (defect, cause) ->
                        Log.errorf(
                            cause,
                            "Program %s: the compiler failed, reference %s",
                            defect.program(),
                            defect.reference())),
                name -> cluster.profiles().knowledge(name),
                name -> fetched(client, name))
            .start();
    measure(builds, meters);
    return builds;
  }

  private static void measure(BuildService builds, MeterRegistry meters) {
    Map<String, ToDoubleFunction<BuildService.Counts>> outcomes =
        Map.of(
            "built", BuildService.Counts::built,
            "refused", BuildService.Counts::refused,
            "out-of-time", BuildService.Counts::outOfTime,
            "defect", BuildService.Counts::defects,
            "adopted", BuildService.Counts::adopted);
    outcomes.forEach(
        (outcome, count) ->
            FunctionCounter.builder(
                    "whistler.operator.builds", builds, it -> count.applyAsDouble(it.counts()))
                .description("Builds for a kernel; adopted ones were taken from an artifact.")
                .tag("outcome", outcome)
                .register(meters));
    Gauge.builder("whistler.operator.builds.queued", builds, it -> it.counts().queued())
        .description("Programs that wait to be compiled or are in work.")
        .register(meters);
    Gauge.builder("whistler.operator.build.cache", builds, it -> it.counts().cacheBytes())
        .description("What is remembered of builds.")
        .baseUnit("bytes")
        .register(meters);
  }

  private static Optional<WhistlerArtifactSpec> fetched(KubernetesClient client, String name) {
    try {
      return Optional.ofNullable(client.resources(WhistlerArtifact.class).withName(name).get())
          .map(WhistlerArtifact::getSpec);
    } catch (KubernetesClientException e) {
      Log.warnf(
          "Artifact %s could not be read, so that it is compiled again: %s", name, e.getMessage());
      return Optional.empty();
    }
  }

  void close(@Disposes BuildService builds) {
    builds.close();
  }
}
