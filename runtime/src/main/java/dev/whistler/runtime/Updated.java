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
 */
public record Updated(RunningProgram program, List<CarryOver> maps, ProgramCounters earlier) {
  public Updated {
    maps = List.copyOf(maps);
  }
}
