package dev.whistler.compiler.reference;

import static dev.whistler.compiler.reference.Form.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One expression in three guises: over words of the packet, over the same words where the optimiser
 * can fold them, and as a named constant that is evaluated before there is any code. The program
 * yields 1 if all three are equal.
 */
final class FoldingTrial {
  private static final int LEAVES = 4;
  private static final int DEPTH = 5;

  private final byte[] packet;
  private final String source;

  FoldingTrial(long seed) {
    Random random = new Random(seed);
    packet = RandomProgramsTest.packet(random);
    ProgramGenerator literals = new ProgramGenerator(seed);
    List<Form> loads = new ArrayList<>();
    List<Form> foldable = new ArrayList<>();
    List<Form> named = new ArrayList<>();
    StringBuilder constants = new StringBuilder();
    for (int leaf = 0; leaf < LEAVES; leaf++) {
      long word = literals.literal();
      for (int b = 0; b < 8; b++) {
        packet[8 * leaf + b] = (byte) (word >>> 8 * b);
      }
      loads.add(list("load", "u64", "d", 8 * leaf));
      foldable.add(list("progn", word));
      named.add(Form.atom("+w" + leaf + "+"));
      constants.append("(defconstant +w" + leaf + "+ " + word + ")\n");
    }
    long tree = random.nextLong();
    // A constant divisor 0 is an error, so only every other tree is a constant expression.
    boolean isConstant = random.nextBoolean();
    Form whole = tree(tree, named, isConstant);
    if (isConstant) {
      constants.append("(defconstant +whole+ " + whole + ")\n");
    }
    source =
        constants
            + ProgramGenerator.unit(
                list(
                    "let",
                    list(list("x", tree(tree, loads, isConstant))),
                    list(
                        "setf",
                        list("getmap", "out", 0),
                        "x",
                        list("getmap", "out", 1),
                        tree(tree, foldable, isConstant)),
                    list(
                        "and",
                        list("=", "x", list("getmap", "out", 1)),
                        isConstant ? list("=", "x", "+whole+") : Form.atom(1))));
  }

  private static Form tree(long seed, List<Form> leaves, boolean isConstant) {
    return new ProgramGenerator(seed).wordExpression(DEPTH, leaves, isConstant);
  }

  /** The whole unit. */
  String source() {
    return source;
  }

  /** What this trial adds to the definitions that all have. */
  @Override
  public String toString() {
    return source.replace(ProgramGenerator.DEFINITIONS, "");
  }

  byte[] packet() {
    return packet;
  }
}
