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
 */
@ApplicationScoped
public class OnlyInstallation {
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration RENEWAL = InstallationLease.DURATION.dividedBy(3);
  private static final String STARTING = "The Lease of the installation is not taken yet.";

  private final Operator operator;
  private final InstallationLease lease;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("installation").factory());
  private volatile String obstacle = STARTING;
  private volatile boolean held;

  OnlyInstallation(KubernetesClient client, OperatorConfig config, Operator operator) {
    this.operator = operator;
    this.lease =
        new InstallationLease(
            client,
            InstallationLease.identity(config.namespace(), config.release()),
            InstallationLease.DURATION,
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
        again(this::renew, RENEWAL);
      }
      case Outcome.HeldByAnother(String holder) -> {
        say(
            "Another installation of Whistler, "
                + holder
                + " (namespace/release), holds this cluster. This one does nothing until that one"
                + " is uninstalled; if it is gone already, its Lease is taken over in "
                + InstallationLease.DURATION.toSeconds()
                + " s.");
        again(this::acquire, RETRY);
      }
      case Outcome.Released released -> again(this::acquire, RETRY);
      case null -> again(this::acquire, RETRY);
    }
  }

  private void renew() {
    switch (attemptRenewal()) {
      case Outcome.Held mine -> again(this::renew, RENEWAL);
      case Outcome.HeldByAnother(String holder) -> {
        held = false;
        Log.errorf("Another installation, %s, has taken over this cluster; this one ends.", holder);
        Quarkus.asyncExit(1);
      }
      case Outcome.Released released ->
          Log.info("This installation is being removed; the next may begin.");
      case null -> again(this::renew, RETRY);
    }
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
