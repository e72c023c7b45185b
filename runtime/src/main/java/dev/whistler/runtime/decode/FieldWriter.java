package dev.whistler.runtime.decode;

import java.lang.foreign.MemorySegment;

/** Writes the JSON of one value. */
@FunctionalInterface
interface FieldWriter {
  /**
   * @param source memory that holds the value
   * @param at where it begins
   */
  void write(MemorySegment source, long at, Rendering out);
}
