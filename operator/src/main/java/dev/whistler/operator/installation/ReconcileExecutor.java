package dev.whistler.operator.installation;

import dev.whistler.operator.metrics.OperatorMetrics;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.quarkus.logging.Log;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Works off reconciliations while this replica leads: its threads begin a task only then. A
 * stand-by fills its informers and queues what they tell, each program once; a task reads the
 * newest state when it runs, so that a leader begins with what is so then.
 */
final class ReconcileExecutor extends ThreadPoolExecutor {
  private final Leadership leadership;

  ReconcileExecutor(Leadership leadership, int threads) {
    super(
        threads,
        threads,
        1,
        TimeUnit.MINUTES,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform()
            .daemon()
            .name("reconcile-", 0)
            .uncaughtExceptionHandler((thread, thrown) -> tell(thrown))
            .factory());
    this.leadership = leadership;
  }

  /**
   * Has an operator that is not started use one. The extension's own way, a customizer, would have
   * the operator make itself another client, without the fence.
   */
  static void use(Operator operator, Leadership leadership, OperatorMetrics metrics) {
    ConfigurationService configuration = operator.getConfigurationService();
    ReconcileExecutor executor =
        new ReconcileExecutor(leadership, configuration.concurrentReconciliationThreads());
    metrics.queue(() -> executor.getQueue().size());
    configuration
        .getExecutorServiceManager()
        .start(
            ConfigurationService.newOverriddenConfigurationService(
                configuration, change -> change.withExecutorService(executor)));
  }

  /** A wait for the lead that the end of the operator breaks off is no failure. */
  private static void tell(Throwable thrown) {
    if (!(thrown instanceof CancellationException)) {
      Log.error("A thread of the reconciliations ended; another one takes its place.", thrown);
    }
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable task) {
    try {
      leadership.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The operator ends.");
    }
  }
}
