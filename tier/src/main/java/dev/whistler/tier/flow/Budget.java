package dev.whistler.tier.flow;

/** How much the check of one object may do. */
final class Budget {
  /**
   * Instructions interpreted, those in loops and in functions that are called several times counted
   * each time. The largest program that the kernel takes has a million.
   */
  private static final int MAXIMUM_STEPS = 8_000_000;

  /** As deep as the kernel allows calls (MAX_CALL_FRAMES). */
  static final int MAXIMUM_FRAMES = 8;

  /** Basic blocks of a function whose states are kept; 100 bytes to 5 KiB each. */
  private static final int MAXIMUM_BLOCKS = 100_000;

  private int steps = MAXIMUM_STEPS;
  private int blocks;

  void step(int work) {
    steps -= work;
    if (steps < 0) {
      throw new TooComplexException("its code has too many paths");
    }
  }

  void addBlock() {
    blocks++;
    if (blocks > MAXIMUM_BLOCKS) {
      throw new TooComplexException("its code has more than 100,000 basic blocks");
    }
  }

  void dropBlocks(int count) {
    blocks -= count;
  }

  void enter(int depth) {
    if (depth > MAXIMUM_FRAMES) {
      throw new TooComplexException("its functions call each other more than 8 deep");
    }
  }
}
