package dev.whistler.testbed.bench.operator;

import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.testbed.install.Programs;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Knows programs and revisions as they come, and when. */
final class ProgramWatch implements AutoCloseable {
  private final Map<String, WhistlerProgram> programs = new ConcurrentHashMap<>();
  private final Map<String, WhistlerRevision> revisions = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final List<SharedIndexInformer<?>> watches;

  ProgramWatch(KubernetesClient client) {
    watches =
        List.of(
            watch(client.resources(WhistlerProgram.class).runnableInformer(0), programs),
            watch(client.resources(WhistlerRevision.class).runnableInformer(0), revisions));
  }

  private <T extends HasMetadata> SharedIndexInformer<T> watch(
      SharedIndexInformer<T> informer, Map<String, T> known) {
    informer
        .exceptionHandler((started, failure) -> true)
        .addEventHandler(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(T resource) {
                tell(() -> known.put(resource.getMetadata().getName(), resource));
              }

              @Override
              public void onUpdate(T before, T resource) {
                onAdd(resource);
              }

              @Override
              public void onDelete(T resource, boolean stateUnknown) {
                tell(() -> known.remove(resource.getMetadata().getName()));
              }
            });
    var _ = informer.start();
    return informer;
  }

  private void tell(Runnable change) {
    lock.lock();
    try {
      change.run();
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for news until something holds.
   *
   * @return the moment, as {@link System#nanoTime}
   * @throws IllegalStateException if it does not within the bound
   */
  long await(String what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new IllegalStateException(
              what + ": not within " + limit.toSeconds() + " s. " + state());
        }
        var _ = news.await(Math.min(left, TimeUnit.SECONDS.toNanos(1)), TimeUnit.NANOSECONDS);
      }
      return System.nanoTime();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + what + ".", e);
    } finally {
      lock.unlock();
    }
  }

  private String state() {
    return programs.values().stream()
        .filter(program -> !isReady(program))
        .findFirst()
        .map(program -> program.getMetadata().getName() + " has " + program.getStatus())
        .orElse("All programs are ready.");
  }

  private static boolean isReady(WhistlerProgram program) {
    return Optional.ofNullable(program.getStatus()).filter(Programs.ready()).isPresent();
  }

  /** Whether a program's status speaks of that generation and is as wanted. */
  boolean is(String program, long generation, Predicate<WhistlerProgramStatus> wanted) {
    return Optional.ofNullable(programs.get(program))
        .map(WhistlerProgram::getStatus)
        .filter(status -> status.observedGeneration() >= generation)
        .filter(wanted)
        .isPresent();
  }

  /** Whether the newest revision of a program has artifacts for so many kernels. */
  boolean isWritten(String program, long revision, int kernels) {
    return revisions.values().stream()
        .anyMatch(
            it ->
                it.getSpec().program().name().equals(program)
                    && it.getSpec().revision() >= revision
                    && it.getStatus() != null
                    && it.getStatus().phase() == Phase.ACTIVE
                    && it.getStatus().bindings().size() >= kernels);
  }

  /** The highest number of a program's revisions; 0 for none. */
  long newestRevision(String program) {
    return revisions.values().stream()
        .filter(it -> it.getSpec().program().name().equals(program))
        .mapToLong(it -> it.getSpec().revision())
        .max()
        .orElse(0);
  }

  static Predicate<WhistlerProgramStatus> degraded(boolean whether) {
    return Programs.condition("Degraded", whether ? Status.TRUE : Status.FALSE);
  }

  @Override
  public void close() {
    watches.forEach(SharedIndexInformer::close);
  }
}
