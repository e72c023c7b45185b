package dev.whistler.operator.installation;

import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.InstallationLease.Outcome;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Starts the operator once its installation is the only one of the cluster, and lets one of its
 * replicas lead. The others watch, and write nothing. One that has led and does no longer ends, and
 * is started again as a stand-by.
 *
 * <p>An uninstallation gives the Lease back while the operator still runs, so that the next one may
 * begin. The operator rests from then on; if it is still there when the next one would have begun,
 * the uninstallation was broken off, and it begins anew.
 */
@ApplicationScoped
public class OnlyInstallation {
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** No request may outlast what a renewal has time for. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(3);

  private static final String STARTING = "The Lease of the installation is not taken yet.";
  private static final String REMOVED =
      "This installation is being removed; the next one may begin.";

  private final Operator operator;
  private final Leadership leadership;
  private final Contact contact;
  private final OperatorMetrics metrics;
  private final KubernetesClient client;
  private final InstallationLease lease;
  private final String version;
  private final ScheduledExecutorService worker;
  private volatile String obstacle = STARTING;
  private volatile boolean takesPart;
  private volatile boolean started;
  private boolean led;
  private String leader = "";

  OnlyInstallation(
      Config connection,
      OperatorConfig config,
      Operator operator,
      Leadership leadership,
      Contact contact,
      OperatorMetrics metrics) {
    this.worker = Guard.scheduler("installation", metrics::taskFailed);
    this.metrics = metrics;
    metrics.version(config.version());
    metrics.leader(leadership::isHeld);
    this.operator = operator;
    this.leadership = leadership;
    this.contact = contact;
    this.client = impatient(connection);
    this.version = config.version();
    this.lease =
        new InstallationLease(
            InstallationLease.Store.of(client),
            new Holder(
                Holder.installation(config.namespace(), config.release()),
                config.replica().orElseGet(() -> UUID.randomUUID().toString())),
            config.leaderLease(),
            System::nanoTime,
            Clock.systemUTC());
  }

  /** A connection of its own: the Lease must not wait behind lists of thousands of objects. */
  private static KubernetesClient impatient(Config connection) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(connection)
                .withRequestTimeout((int) REQUEST_LIMIT.toMillis())
                .withConnectionTimeout((int) REQUEST_LIMIT.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  void begin(@Observes StartupEvent event) {
    worker.execute(this::attempt);
  }

  /** First nothing more is written, then another replica may lead. */
  void stop(@Observes ShutdownEvent event) {
    leadership.end();
    worker.shutdownNow();
    if (started) {
      operator.stop();
    }
    try {
      if (worker.awaitTermination(REQUEST_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        lease.giveBack();
      }
    } catch (KubernetesClientException e) {
      Log.warnf("The lead could not be given back and runs out: %s", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
    }
  }

  /** Whether this replica leads, or is ready to. */
  boolean takesPart() {
    return takesPart;
  }

  /** Why it does not, when it does not. */
  String obstacle() {
    return obstacle;
  }

  private void attempt() {
    Duration next = RETRY;
    try {
      Outcome outcome = lease.attempt();
      contact.heard();
      next = follow(outcome);
    } catch (KubernetesClientException e) {
      contact.lost();
      say("The Lease of the installation cannot be looked at (tried again): " + e.getMessage());
    } finally {
      again(this::attempt, next);
    }
  }

  private Duration follow(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Leads(long until) -> {
        lead(until);
        yield lease.renewal();
      }
      case Outcome.StandsBy(String other) -> {
        if (led) {
          yield leave("Another replica, " + other + ", leads now; this one ends.");
        }
        standBy(other);
        yield lease.look();
      }
      case Outcome.HeldByAnother(String other) -> {
        if (started) {
          yield leave(
              "Another installation, " + other + ", has taken over this cluster; this one ends.");
        }
        say(
            "Another installation of Whistler, "
                + other
                + " (namespace/release), holds this cluster. This one does nothing until that one"
                + " is uninstalled; if it is gone already, its Lease is taken over when it has run"
                + " out.");
        yield lease.look();
      }
      case Outcome.Released released -> rest();
      case Outcome.Undecided undecided -> lease.look();
    };
  }

  private void lead(long until) {
    if (!led) {
      led = true;
      Log.infof("This replica leads now, version %s.", version);
    }
    start();
    leadership.holdUntil(until);
  }

  private void standBy(String other) {
    if (!other.equals(leader)) {
      leader = other;
      Log.infof("Replica %s leads; this one stands by.", other);
    }
    start();
  }

  private Duration leave(String why) {
    takesPart = false;
    leadership.end();
    Log.error(why);
    Quarkus.asyncExit(1);
    return lease.othersWait();
  }

  private Duration rest() {
    takesPart = false;
    leadership.end();
    if (obstacle.equals(REMOVED)) {
      Log.warn("This installation gave its Lease back and was not removed; it begins anew.");
      Quarkus.asyncExit(1);
    }
    say(REMOVED);
    return lease.othersWait();
  }

  /** Aside, since filling the informers of a large cluster takes longer than a renewal may. */
  private void start() {
    takesPart = true;
    if (!started) {
      started = true;
      var _ = Thread.ofPlatform().daemon().name("operator-start").start(this::startOperator);
    }
  }

  private void startOperator() {
    try {
      ReconcileExecutor.use(operator, leadership, metrics);
      operator.start();
    } catch (RuntimeException | Error e) {
      Log.errorf(e, "The operator could not be started; it ends.");
      Quarkus.asyncExit(1);
    }
  }

  private void say(String now) {
    if (!now.equals(obstacle)) {
      obstacle = now;
      Log.warn(now);
    }
  }

  private void again(Runnable step, Duration delay) {
    if (!worker.isShutdown()) {
      var _ = worker.schedule(step, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
