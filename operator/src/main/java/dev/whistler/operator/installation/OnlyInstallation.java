package dev.whistler.operator.installation;

import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.InstallationLease.Outcome;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts the operator once this installation is the only one of the cluster, and ends it when it is
 * not any more. Until then nothing is written.
 *
 * <p>An uninstallation gives the Lease back while the operator still runs, so that the next one may
 * begin. The operator rests from then on; if it is still there when the Lease would have run out,
 * the uninstallation was broken off, and it begins anew.
 */
@ApplicationScoped
public class OnlyInstallation {
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final String STARTING = "The Lease of the installation is not taken yet.";
  private static final String REMOVED =
      "This installation is being removed; the next one may begin.";

  private final Operator operator;
  private final InstallationLease lease;
  private final Duration duration;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("installation").factory());
  private volatile String obstacle = STARTING;
  private volatile boolean held;

  OnlyInstallation(KubernetesClient client, OperatorConfig config, Operator operator) {
    this.operator = operator;
    this.duration = config.installationLease();
    this.lease =
        new InstallationLease(
            client,
            InstallationLease.identity(config.namespace(), config.release()),
            duration,
            System::nanoTime,
            Clock.systemUTC());
  }

  void begin(@Observes StartupEvent event) {
    worker.execute(this::acquire);
  }

  @PreDestroy
  void stop() {
    worker.shutdownNow();
    if (held) {
      operator.stop();
    }
  }

  /** Whether this installation may write. */
  public boolean isHeld() {
    return held;
  }

  /** Why it may not, when it may not. */
  String obstacle() {
    return obstacle;
  }

  private void acquire() {
    switch (attempt()) {
      case Outcome.Held mine -> {
        held = true;
        start();
        again(this::renew, lease.look());
      }
      case Outcome.HeldByAnother(String holder) -> {
        say(
            "Another installation of Whistler, "
                + holder
                + " (namespace/release), holds this cluster. This one does nothing until that one"
                + " is uninstalled; if it is gone already, its Lease is taken over when it has run"
                + " out.");
        again(this::acquire, RETRY);
      }
      case Outcome.Released released -> again(this::acquire, RETRY);
      case null -> again(this::acquire, RETRY);
    }
  }

  private void renew() {
    switch (attemptRenewal()) {
      case Outcome.Held mine -> again(this::renew, lease.look());
      case Outcome.HeldByAnother(String holder) -> {
        held = false;
        Log.errorf("Another installation, %s, has taken over this cluster; this one ends.", holder);
        Quarkus.asyncExit(1);
      }
      case Outcome.Released released -> {
        held = false;
        say(REMOVED);
        operator.stop();
        again(this::beginAnew, duration);
      }
      case null -> again(this::renew, RETRY);
    }
  }

  private void beginAnew() {
    Log.warn("This installation gave its Lease back and was not removed; it begins anew.");
    Quarkus.asyncExit(1);
  }

  private void start() {
    try {
      operator.start();
    } catch (RuntimeException e) {
      Log.errorf(e, "The operator could not be started; it ends.");
      Quarkus.asyncExit(1);
    }
  }

  private @Nullable Outcome attempt() {
    try {
      return lease.acquire();
    } catch (KubernetesClientException e) {
      say("The Lease of the installation cannot be taken (tried again): " + e.getMessage());
      return null;
    }
  }

  private @Nullable Outcome attemptRenewal() {
    try {
      return lease.renew();
    } catch (KubernetesClientException e) {
      Log.warnf(
          "The Lease of the installation cannot be renewed (tried again): %s", e.getMessage());
      return null;
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
