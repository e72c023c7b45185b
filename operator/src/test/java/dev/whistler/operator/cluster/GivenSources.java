package dev.whistler.operator.cluster;

import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.metrics.OperatorMetrics;
import io.fabric8.kubernetes.api.model.ConfigMap;

/** ConfigMaps as a test gives them, without an API server. */
public final class GivenSources extends SourceWatch {
  private volatile boolean complete;

  /** None is there, and the first answer is still to come. */
  public GivenSources(OperatorConfig config, OperatorMetrics metrics) {
    super(null, config, metrics);
  }

  @Override
  public boolean isComplete() {
    return complete;
  }

  /** The first answer has been taken in. */
  public void complete() {
    complete = true;
  }

  /** It is there, and was not, or was something else. */
  public void put(ConfigMap configMap) {
    written(configMap);
  }

  /** It is gone. */
  public void remove(ConfigMap configMap) {
    deleted(configMap);
  }
}
