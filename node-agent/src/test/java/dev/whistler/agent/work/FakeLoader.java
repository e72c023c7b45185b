package dev.whistler.agent.work;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingCounters;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A kernel in memory: what it is told to do, it writes into a journal, and fails as it is told. */
final class FakeLoader implements Loader {

  final List<String> journal = new CopyOnWriteArrayList<>();
  final Map<Long, FakeProgram> loaded = new ConcurrentHashMap<>();

  /** Uids that are pinned and that nobody here runs, with what is known of them. */
  final Map<String, Optional<Pinned>> pinned = new ConcurrentHashMap<>();

  /** Gates of programs whose artifact is waited for, or whose load takes its time. */
  final Map<String, CountDownLatch> fetches = new ConcurrentHashMap<>();

  final Map<String, CountDownLatch> starts = new ConcurrentHashMap<>();
  final Map<String, CountDownLatch> drains = new ConcurrentHashMap<>();
  final Map<Long, Exception> always = new ConcurrentHashMap<>();
  final Set<String> unremovable = ConcurrentHashMap.newKeySet();
  final Map<String, Long> mapBytes = new ConcurrentHashMap<>();
  volatile boolean pins;
  volatile boolean cannotAdopt;

  /** Whether updates begin with rings of their own. */
  volatile boolean freshRings;

  private final Deque<Exception> failures = new ArrayDeque<>();

  /** Lets the next load fail. */
  void fail(Exception failure) {
    synchronized (failures) {
      failures.add(failure);
    }
  }

  @Override
  public Prepared prepare(Assignment assignment) throws UnavailableException, StartException {
    pass(fetches.get(assignment.program()));
    var _ = assignment.payload();
    return new Prepared() {
      @Override
      public long mapBytes() {
        return mapBytes.getOrDefault(assignment.program(), 0L);
      }

      @Override
      public Started start(@Nullable RunningProgram current) throws StartException {
        return begin(assignment, current);
      }

      @Override
      public void verify() throws StartException {
        journal.add("verify " + assignment.program() + " " + assignment.revision());
        failIfTold(assignment);
      }
    };
  }

  private Started begin(Assignment assignment, @Nullable RunningProgram current)
      throws StartException {
    journal.add("load " + assignment.program() + " " + assignment.revision());
    pass(starts.get(assignment.program()));
    failIfTold(assignment);
    FakeProgram program = program(assignment);
    pinned.remove(assignment.uid());
    if (current != null) {
      journal.add("replaced " + current.identity().revision());
    }
    boolean fresh = current != null && freshRings;
    return new Started(program, fresh ? current.counters() : ProgramCounters.NONE);
  }

  private void failIfTold(Assignment assignment) throws StartException {
    Exception failure = always.get(assignment.revision());
    if (failure == null) {
      synchronized (failures) {
        failure = failures.poll();
      }
    }
    switch (failure) {
      case null -> {}
      case StartException refused -> throw refused;
      case RuntimeException unexpected -> throw unexpected;
      case Exception other -> throw new AssertionError(other);
    }
  }

  private FakeProgram program(Assignment assignment) {
    FakeProgram program =
        new FakeProgram(
            new Identity("node", assignment.program(), assignment.uid(), assignment.revision()),
            step -> {
              journal.add(step);
              if (step.startsWith("stop") || step.startsWith("leave")) {
                pass(drains.get(assignment.program()));
              }
            },
            pins,
            new RingCounters("lives", 0, 0, 0, 0, 0, List.of()));
    loaded.put(assignment.revision(), program);
    return program;
  }

  private static void pass(@Nullable CountDownLatch gate) {
    try {
      if (gate != null) {
        gate.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public List<Leftover> leftovers() {
    return pinned.entrySet().stream().map(e -> new Leftover(e.getKey(), e.getValue())).toList();
  }

  @Override
  public RunningProgram adopt(Pinned found) throws StartException {
    Assignment assignment = found.assignment();
    journal.add("adopt " + assignment.program() + " " + assignment.revision());
    if (cannotAdopt) {
      throw new StartException(FailureReason.IN_USE, "Process 7 runs it.");
    }
    pinned.remove(assignment.uid());
    return program(assignment);
  }

  @Override
  public void remove(String uid) throws StartException {
    if (unremovable.contains(uid)) {
      journal.add("cannot remove " + uid);
      throw new StartException(FailureReason.IN_USE, "Process 7 runs it.");
    }
    if (pinned.remove(uid) != null) {
      journal.add("remove " + uid);
    }
  }
}
