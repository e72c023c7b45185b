package dev.whistler.agent;

import dev.whistler.agent.log.BoundedLogHandler;
import dev.whistler.agent.serve.ProgramMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The application: one {@link NodeAgent} from start-up to shutdown. */
@ApplicationScoped
public class Agent {

  private static final Duration LAST_LINES = Duration.ofMillis(500);

  /** What is closed after the agent itself needs no more. */
  private static final Duration END = Duration.ofSeconds(2);

  /** As after SIGTERM. */
  private static final int EXIT_CODE = 143;

  private final AgentConfig config;
  private final KubernetesClient client;
  private final PrometheusMeterRegistry metrics;
  private final String version;
  private volatile @Nullable NodeAgent nodeAgent;
  private volatile @Nullable BoundedLogHandler log;

  public Agent(
      AgentConfig config,
      KubernetesClient client,
      PrometheusMeterRegistry metrics,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.config = config;
    this.client = client;
    this.metrics = metrics;
    this.version = version;
  }

  void start(@Observes StartupEvent event) {
    log = BoundedLogHandler.install();
    NodeAgent agent = new NodeAgent(config, client, version);
    nodeAgent = agent;
    metrics.getPrometheusRegistry().register(new ProgramMetrics(agent::totals));
    agent.start();
  }

  void stop(@Observes ShutdownEvent event) {
    Optional.ofNullable(nodeAgent).ifPresent(NodeAgent::close);
    BoundedLogHandler lines = log;
    if (lines != null && !lines.uninstall(LAST_LINES)) {
      Thread.ofPlatform().name("whistler-end").daemon().start(Agent::end);
    }
  }

  /** The last thing of a shutdown is to close the log, which waits for whoever should read it. */
  private static void end() {
    try {
      Thread.sleep(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  /** Whether the agent knows its kernel and has seen the revisions. */
  public boolean ready() {
    NodeAgent agent = nodeAgent;
    return agent != null && agent.ready();
  }
}
