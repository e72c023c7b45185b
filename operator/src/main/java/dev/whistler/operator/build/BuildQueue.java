package dev.whistler.operator.build;

import dev.whistler.operator.model.StoredArtifact;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be built. Each program has one place in the line: a newer spec takes that of an older
 * one and cancels its compilation. A program is served one kernel at a time and goes back to the
 * end of the line, so that none with many kernels is served before others; nor are two workers at
 * one unit, since kernels that answer alike share a build. Those that are known to be slow never
 * have all workers. Safe for use by several threads.
 */
final class BuildQueue {
  private final int maxPrograms;
  private final int maxSlow;
  private final LongSupplier nanos;
  private final Map<Priority, Map<String, Place>> lines = new EnumMap<>(Priority.class);
  private final Set<String> unitsInWork = new HashSet<>();
  private int slowInWork;

  /** A program's place in the line; guarded by the queue. */
  private static final class Place {
    private final long since;
    private Request request;
    private boolean slow;
    private @Nullable Job running;
    private final Set<String> kernels = new LinkedHashSet<>();

    Place(long since, Request request) {
      this.since = since;
      this.request = request;
    }

    boolean isEmpty() {
      return running == null && kernels.isEmpty();
    }
  }

  /**
   * What is wanted of a program.
   *
   * @param unit its newest spec
   * @param digest of the unit
   * @param stored artifacts that may hold it already
   */
  record Request(SourceUnit unit, String digest, List<StoredArtifact> stored) {
    String program() {
      return unit.name();
    }
  }

  /** One compilation. */
  static final class Job {
    private final Priority priority;
    private final Place place;
    private final Request request;
    private final String kernel;
    private final boolean slow;
    private volatile boolean cancelled;

    private Job(Priority priority, Place place, String kernel) {
      this.priority = priority;
      this.place = place;
      this.request = place.request;
      this.kernel = kernel;
      this.slow = place.slow;
    }

    Request request() {
      return request;
    }

    String kernel() {
      return kernel;
    }

    /** Whether it is known that it takes long. */
    boolean isSlow() {
      return slow;
    }

    /** Whether nobody wants it any more. */
    boolean isCancelled() {
      return cancelled;
    }
  }

  /**
   * An empty queue.
   *
   * @param maxPrograms most programs in it
   * @param maxSlow most jobs in work at once that are known to be slow
   * @param nanos the clock
   */
  BuildQueue(int maxPrograms, int maxSlow, LongSupplier nanos) {
    this.maxPrograms = maxPrograms;
    this.maxSlow = maxSlow;
    this.nanos = nanos;
  }

  /**
   * Wants a program for these kernels, and no longer for others, nor in an older version.
   *
   * @param slow whether it is known that it takes long
   * @return how long the program has been waiting; empty if it does not, because there is no kernel
   *     or no room
   */
  synchronized Optional<Duration> want(
      Priority priority, Request request, Collection<String> kernels, boolean slow) {
    Map<String, Place> line = line(priority);
    Place place = line.get(request.program());
    if (place == null) {
      if (kernels.isEmpty() || length() >= maxPrograms) {
        return Optional.empty();
      }
      place = new Place(nanos.getAsLong(), request);
      line.put(request.program(), place);
    }
    if (!place.request.digest().equals(request.digest())) {
      place.slow = false;
    }
    place.request = request;
    place.slow |= slow;
    place.kernels.clear();
    place.kernels.addAll(kernels);
    Job running = place.running;
    if (running != null) {
      boolean isWanted =
          running.request.digest().equals(request.digest()) && kernels.contains(running.kernel);
      if (!isWanted) {
        running.cancelled = true;
      } else if (!running.cancelled) {
        place.kernels.remove(running.kernel);
      }
    }
    if (place.isEmpty()) {
      line.remove(request.program());
    }
    notifyAll();
    return kernels.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanos.getAsLong() - place.since));
  }

  /** Drops what is wanted of a program. */
  synchronized void forget(String program) {
    for (Map<String, Place> line : lines.values()) {
      Place place = line.remove(program);
      if (place != null && place.running != null) {
        place.running.cancelled = true;
      }
    }
  }

  /** The next job; waits for one. Each is to be given back by {@link #done}. */
  synchronized Job take() throws InterruptedException {
    while (true) {
      Optional<Job> next = next();
      if (next.isPresent()) {
        return next.get();
      }
      wait();
    }
  }

  private Optional<Job> next() {
    for (Priority priority : Priority.values()) {
      Map<String, Place> line = line(priority);
      for (Place place : line.values()) {
        if (isFree(place)) {
          String kernel = place.kernels.iterator().next();
          place.kernels.remove(kernel);
          Job job = new Job(priority, place, kernel);
          place.running = job;
          unitsInWork.add(job.request.digest());
          slowInWork += job.slow ? 1 : 0;
          // To the end of the line.
          line.remove(job.request.program());
          line.put(job.request.program(), place);
          return Optional.of(job);
        }
      }
    }
    return Optional.empty();
  }

  private boolean isFree(Place place) {
    return place.running == null
        && !place.kernels.isEmpty()
        && !unitsInWork.contains(place.request.digest())
        && (!place.slow || slowInWork < maxSlow);
  }

  /**
   * Gives a job back.
   *
   * @param again whether it has turned out to be slow and is wanted all the same
   * @return whether nothing of the program waits any more
   */
  synchronized boolean done(Job job, boolean again) {
    Place place = job.place;
    place.running = null;
    unitsInWork.remove(job.request.digest());
    slowInWork -= job.slow ? 1 : 0;
    if (again && !job.cancelled) {
      place.slow = true;
      place.kernels.add(job.kernel);
    }
    boolean empty = place.isEmpty();
    if (empty) {
      // Unless the program was forgotten, and has another place since.
      line(job.priority).remove(job.request.program(), place);
    }
    notifyAll();
    return empty;
  }

  /** Programs that wait or are in work. */
  synchronized int length() {
    return lines.values().stream().mapToInt(Map::size).sum();
  }

  private Map<String, Place> line(Priority priority) {
    return lines.computeIfAbsent(priority, key -> new LinkedHashMap<>());
  }
}
