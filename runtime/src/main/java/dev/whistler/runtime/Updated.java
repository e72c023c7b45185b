package dev.whistler.runtime;

import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.update.CarryOver;
import java.util.List;

/**
 * A program after an update.
 *
 * @param program the new revision; the former one is stopped
 * @param maps what became of its maps
 * @param earlier the last counts of the former revision; where the rings are carried over, the
 *     counts of the new one go on from there
 * @param ringsCarried whether they are
 */
public record Updated(
    RunningProgram program, List<CarryOver> maps, ProgramCounters earlier, boolean ringsCarried) {
  public Updated {
    maps = List.copyOf(maps);
  }

  /** Which of the last counts the new revision does not go on from: those of rings that ended. */
  public ProgramCounters ended() {
    return ringsCarried ? ProgramCounters.NONE : new ProgramCounters(earlier.rings());
  }
}
