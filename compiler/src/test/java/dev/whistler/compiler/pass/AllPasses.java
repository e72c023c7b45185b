package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The passes, for tests of other packages. */
public final class AllPasses {
  private AllPasses() {}

  /** All passes in their order, as {@link Pipeline#run} has them. */
  public static List<Pass> inOrder(int instructionSet) {
    return Stream.of(
            List.of(new SingleNullTests(), new PacketAddresses()),
            Pipeline.improving(instructionSet),
            Pipeline.legalising())
        .flatMap(List::stream)
        .toList();
  }

  public static Pass simplify() {
    return new Simplify();
  }

  public static Pass narrowing(int instructionSet) {
    return new Narrowing(instructionSet);
  }

  public static Pass expandCompares() {
    return new ExpandCompares();
  }

  public static Pass knownBranches() {
    return new KnownBranches();
  }

  public static Pass control() {
    return new Control();
  }

  public static Pass forwarding() {
    return new Forwarding();
  }

  public static Pass scalarReplacement() {
    return new ScalarReplacement();
  }

  public static Pass deadStores() {
    return new DeadStores();
  }

  /** A comparison of two values. */
  public record Question(Relation relation, boolean narrow, Value a, Value b) {
    /** What the answer to another question is where this one is answered by yes, if it is known. */
    public @Nullable Boolean decides(Question other) {
      return test().decides(other.test());
    }

    private Test test() {
      return new Test(relation, narrow, a, b);
    }
  }
}
