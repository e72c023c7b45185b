package dev.whistler.operator.cluster;

import dev.whistler.crds.Group;
import dev.whistler.crds.SourceReference;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.ProgramSource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the texts of programs are: in the program itself, or in a ConfigMap of the operator's
 * namespace with the label {@value Group#SOURCE_LABEL}. Only ConfigMaps with that label are read:
 * whoever may write a program could else have any of them quoted in a diagnostic.
 */
@ApplicationScoped
public class SourceWatch {
  private final KubernetesClient client;
  private final String namespace;
  private final KnownSources known;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable FirstAnswer<ConfigMap> watch;

  SourceWatch(KubernetesClient client, OperatorConfig config, OperatorMetrics metrics) {
    this.client = client;
    this.namespace = config.namespace();
    this.known = new KnownSources(namespace);
    metrics.watched("configmaps", known::count);
  }

  /** Starts watching. Lost connections are taken up again for ever. */
  public synchronized void start() {
    if (watch == null) {
      watch =
          ClusterWatch.watch(
              client
                  .configMaps()
                  .inNamespace(namespace)
                  .withLabel(Group.SOURCE_LABEL)
                  .runnableInformer(0)
                  .itemStore(new ReducedStore<>(ConfigMap::new)),
              this::written,
              this::deleted);
    }
  }

  @PreDestroy
  void stop() {
    if (watch != null) {
      watch.stop();
    }
  }

  /** Tells of each ConfigMap, by name, that changed for programs; the listener must not block. */
  public void onChange(Consumer<String> listener) {
    listeners.add(listener);
  }

  /** Whether every ConfigMap that exists has been taken in once. */
  public boolean isComplete() {
    @Nullable FirstAnswer<ConfigMap> started = watch;
    return started != null && started.isComplete();
  }

  /** The text of a program with this spec. */
  public ProgramSource of(WhistlerProgramSpec spec) {
    @Nullable SourceReference elsewhere = spec.sourceFrom();
    return elsewhere == null
        ? new ProgramSource.Text(
            Objects.requireNonNull(spec.source(), "without sourceFrom there is a source (CEL)"))
        : known.of(elsewhere.configMapKeyRef());
  }

  /** Names of the ConfigMaps that a program's text depends on: one, or none. */
  public static List<String> configMaps(WhistlerProgram program) {
    @Nullable SourceReference elsewhere = program.getSpec().sourceFrom();
    return elsewhere == null ? List.of() : List.of(elsewhere.configMapKeyRef().name());
  }

  void written(ConfigMap configMap) {
    if (known.written(configMap)) {
      tell(configMap);
    }
  }

  void deleted(ConfigMap configMap) {
    if (known.deleted(configMap.getMetadata().getName())) {
      tell(configMap);
    }
  }

  private void tell(ConfigMap configMap) {
    listeners.forEach(listener -> listener.accept(configMap.getMetadata().getName()));
  }
}
