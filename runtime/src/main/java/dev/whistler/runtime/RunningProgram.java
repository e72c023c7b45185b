package dev.whistler.runtime;

import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.maps.ProgramMaps;
import dev.whistler.runtime.schema.ObjectSchema;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A program that was started. Safe for use by several threads. */
public interface RunningProgram extends AutoCloseable {
  Identity identity();

  /** What the object says about itself. */
  ObjectSchema schema();

  ProgramState state();

  /** Calls back on every change of state from now on, on the thread that causes it. */
  void onStateChange(Consumer<ProgramState> listener);

  /** Counts as of now; while events flow, the terms may lag by what is in flight. */
  ProgramCounters counters();

  /**
   * The first records of each ring that fit no declared type, with their first bytes: at most eight
   * of a ring since this process started or adopted the program. How many there were in all, {@link
   * #counters} says.
   */
  List<RingAccount.UndecodableRecord> undecodable();

  /** The maps of the program, typed by its schema. Usable until {@link #close()}. */
  ProgramMaps maps();

  /**
   * Detaches, delivers what was produced by then, and returns the final counts. Maps stay readable
   * until {@link #close()}. Calling it again returns the same counts.
   *
   * <p>The counts are exact once the reader of the rings has ended, which it does within the limit
   * however long the patience with sinks is. Should it not, the state is {@code Failed} and the
   * counts are those of its last report.
   *
   * @param drain how long to wait for rings and sinks to become empty, at most half of it for sinks
   *     that stand still; what they have not taken then counts as lost with the reason {@code
   *     stopped}, what could not be read as {@code inRing}
   */
  ProgramCounters stop(Duration drain);

  /** Whether it goes on without this process. */
  boolean isPinned();

  /**
   * Why it was started afresh though an earlier process had left it pinned: a sentence. Its counts
   * begin at 0 then, and what was in the rings of the pinned one is lost uncounted. Empty where it
   * was adopted, where nothing was pinned, and after an update.
   */
  Optional<String> notAdopted();

  /** What may be wrong with the places where it is attached, a sentence each; mostly none. */
  default List<String> warnings() {
    return List.of();
  }

  /**
   * Lets go of a program that is pinned: it goes on running and producing, and a later start with
   * the same pin directory, identity and object adopts it. What was not delivered yet stays in the
   * rings.
   *
   * <p>{@link #counters} then says what the next process goes on from.
   *
   * @param drain how long to go on delivering what is there
   * @throws IllegalStateException if it is not pinned
   */
  void leave(Duration drain);

  /** Stops without waiting for sinks if {@link #stop} was not called, and releases everything. */
  @Override
  void close();
}
