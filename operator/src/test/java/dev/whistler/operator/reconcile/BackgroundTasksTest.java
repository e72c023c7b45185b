package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.operator.cluster.ClusterOfOne;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.HeldLeadership;
import dev.whistler.operator.installation.Leadership;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever step of a background task throws: it is told once, counted, and the task goes on. */
final class BackgroundTasksTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final OperatorMetrics metrics = new OperatorMetrics(registry);
  private final Leadership leadership = HeldLeadership.forEver();
  private final OperatorConfig config =
      new SmallRyeConfigBuilder()
          .withConverter(Duration.class, 100, new DurationConverter())
          .withMapping(OperatorConfig.class)
          .build()
          .getConfigMapping(OperatorConfig.class);
  private final List<String> steps = new CopyOnWriteArrayList<>();
  private final List<Throwable> told = new CopyOnWriteArrayList<>();
  private final Logger log = Logger.getLogger(Guard.class.getName());
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          told.add(line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private volatile String failing = "";

  @BeforeEach
  void listen() {
    log.addHandler(listener);
  }

  @AfterEach
  void stopListening() {
    log.removeHandler(listener);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "isComplete",
        "leasesWithoutNode",
        "client.nodes",
        "reportsWithoutNode",
        "forgottenProfiles",
        "forgottenTypes"
      })
  void theCollectionOfLeftovers(String step) {
    failing = step;
    LeftoverCollection task =
        new LeftoverCollection(
            client(), cluster(), leadership, config, metrics, Duration.ofMillis(5));
    task.start();
    try {
      failsOnceAndGoesOn(step, "leftover-collection");
    } finally {
      task.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"isComplete", "nodes", "profiles", "client.resource"})
  void theListOfWantedProfiles(String step) {
    failing = step;
    WantedProfiles task = new WantedProfiles(client(), cluster(), leadership, config, metrics);
    task.begin();
    try {
      failsOnceAndGoesOn(step, "wanted-profiles");
    } finally {
      task.stop();
    }
  }

  private void failsOnceAndGoesOn(String step, String task) {
    await().atMost(LIMIT).until(() -> steps.contains(step + " failed"));
    int then = steps.size();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(List.copyOf(steps).stream().skip(then)).contains("isComplete"));
    assertThat(told).extracting(Throwable::getMessage).containsExactly(step + " failed");
    Counter failures = registry.get("whistler.operator.task.failures").tag("task", task).counter();
    assertThat(failures.count()).isPositive();
  }

  /** The step that fails does so once. */
  private void step(String name) {
    steps.add(name);
    if (name.equals(failing)) {
      failing = "";
      steps.add(name + " failed");
      throw new IllegalStateException(name + " failed");
    }
  }

  private ClusterOfOne cluster() {
    return new ClusterOfOne(config, metrics, this::step);
  }

  /** One whose API server is away, once it does not fail otherwise. */
  private KubernetesClient client() {
    return (KubernetesClient)
        Proxy.newProxyInstance(
            KubernetesClient.class.getClassLoader(),
            new Class<?>[] {KubernetesClient.class},
            (self, method, arguments) -> {
              step("client." + method.getName());
              throw new KubernetesClientException("away");
            });
  }
}
