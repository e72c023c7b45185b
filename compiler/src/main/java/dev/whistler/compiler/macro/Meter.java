package dev.whistler.compiler.macro;

import dev.whistler.compiler.api.Budget;
import java.math.BigInteger;
import java.util.Locale;

/**
 * Counts what macro-time evaluation uses up in one compilation (section 18.10). All counts are
 * deterministic; only the caller's own {@link Budget} is not, and it can do nothing but end the
 * compilation.
 */
final class Meter {
  static final int MAX_STEPS = 5_000_000;
  static final int MAX_CELLS = 2_000_000;
  static final int MAX_EXPANSIONS = 200;
  static final int MAX_DEPTH = 2_000;
  static final int MAX_RESULT_NODES = 100_000;
  static final int MAX_ALL_RESULT_NODES = 500_000;
  static final int MAX_INTEGER_BITS = 4_096;
  static final int MAX_STRING = 65_536;

  /** Steps between two questions to the caller's budget; a power of two. */
  private static final int ASK_EVERY = 1 << 12;

  private final Budget caller;
  private int steps;
  private int cells;
  private int depth;
  private int resultNodes;

  Meter(Budget caller) {
    this.caller = caller;
  }

  /** Counts one evaluated form, applied function or visited element. */
  void step() {
    if ((++steps & (ASK_EVERY - 1)) == 0 && caller.exhausted()) {
      throw new BudgetExceeded("the time that the caller allows");
    }
    if (steps > MAX_STEPS) {
      throw exceeded(MAX_STEPS, "evaluation steps");
    }
  }

  /** Counts work in one go that takes as long as so many steps. */
  void steps(int count) {
    if (caller.exhausted()) {
      throw new BudgetExceeded("the time that the caller allows");
    }
    if (count > MAX_STEPS - steps) {
      throw exceeded(MAX_STEPS, "evaluation steps");
    }
    steps += count;
  }

  /** Enters a nested evaluation; leave with {@link #leave}. Counts a step. */
  void enter() {
    step();
    if (++depth > MAX_DEPTH) {
      depth--;
      throw exceeded(MAX_DEPTH, "nested evaluations");
    }
  }

  void leave() {
    depth--;
  }

  /** How deep evaluation is nested now. */
  int depth() {
    return depth;
  }

  /** Goes back to a depth after an exception passed. */
  void restore(int before) {
    depth = before;
  }

  /** Counts conses, vector slots or entries. */
  void cells(int count) {
    if (count > MAX_CELLS - cells) {
      throw exceeded(MAX_CELLS, "allocated cells");
    }
    cells += count;
  }

  void cell() {
    if (++cells > MAX_CELLS) {
      throw exceeded(MAX_CELLS, "allocated cells");
    }
  }

  /** Checks the length of a string that was made, and counts its cells: 8 characters each. */
  String string(CharSequence made) {
    stringLength(made.length());
    cells(made.length() / 8 + 1);
    return made.toString();
  }

  /** Checks the length of a string that is being made. */
  void stringLength(long length) {
    if (length > MAX_STRING) {
      throw exceeded(MAX_STRING, "characters in a string");
    }
  }

  /** Checks the size of an integer that was computed. */
  BigInteger integer(BigInteger value) {
    integerBits(value.bitLength());
    return value;
  }

  /** Checks a size before the integer is computed. */
  void integerBits(long bits) {
    if (bits > MAX_INTEGER_BITS) {
      throw exceeded(MAX_INTEGER_BITS, "bits in an integer");
    }
  }

  /** Counts the nodes of one expansion result towards the sum of all. */
  void resultNodes(int nodes) {
    resultNodes += nodes;
    if (resultNodes > MAX_ALL_RESULT_NODES) {
      throw exceeded(MAX_ALL_RESULT_NODES, "nodes in all expansion results");
    }
  }

  static BudgetExceeded exceeded(int limit, String what) {
    return new BudgetExceeded(String.format(Locale.ROOT, "%,d %s", limit, what));
  }
}
