package dev.whistler.runtime.decode;

/**
 * What the decoders of one thread write with.
 *
 * @param json where the text goes
 * @param clock relates kernel clocks to wall time
 * @param times writes timestamps
 */
record Rendering(JsonBuffer json, WallClock clock, TimeWriter times) {
  Rendering(JsonBuffer json, WallClock clock) {
    this(json, clock, new TimeWriter());
  }
}
