package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Verifier;
import java.util.List;
import java.util.Set;

/** All passes, from top to bottom. */
public final class Pipeline {
  /** The IR is checked after each pass where assertions are enabled, as they are in tests. */
  private static final boolean CHECKED = Pipeline.class.desiredAssertionStatus();

  private Pipeline() {}

  /** Passes that improve code; tests switch them off one by one. */
  private static List<Pass> improving(int instructionSet) {
    Pass simplify = new Simplify();
    Pass control = new Control();
    Pass commonValues = new CommonValues();
    Pass forwarding = new Forwarding();
    return List.of(
        // What the source says in a roundabout way.
        simplify,
        control,
        commonValues,
        simplify,
        // What is known already: bounds, lengths, memory.
        new KnownBranches(),
        control,
        new SharedLookups(),
        new SharedSlots(),
        forwarding,
        simplify,
        new KnownBranches(),
        control,
        new KeptLengths(),
        new DeadCode(),
        new DeadStores(),
        // Fewer bits.
        new Narrowing(instructionSet),
        simplify,
        commonValues,
        control,
        new SharedSlots());
  }

  /** Names of the passes that can be switched off. */
  public static Set<String> names() {
    return improving(3).stream().map(Pass::name).collect(java.util.stream.Collectors.toSet());
  }

  /** Passes that instruction selection relies on. */
  private static List<Pass> legalising() {
    return List.of(
        new DeadCode(),
        new ExpandCompares(),
        new PacketAddresses(),
        new ShowBounds(),
        new SplitCriticalEdges());
  }

  /** Improves a routine and makes it ready for instruction selection. */
  public static void run(Routine routine, int instructionSet, Set<String> disabled) {
    // First, so that the improving passes find most of the tests decided.
    run(new SingleNullTests(), routine);
    run(new PacketAddresses(), routine);
    for (Pass pass : improving(instructionSet)) {
      if (!disabled.contains(pass.name())) {
        run(pass, routine);
      }
    }
    legalising().forEach(pass -> run(pass, routine));
  }

  private static void run(Pass pass, Routine routine) {
    pass.run(routine);
    if (CHECKED) {
      try {
        Verifier.check(routine);
      } catch (IllegalStateException e) {
        throw new IllegalStateException("after pass " + pass.name() + ": " + e.getMessage(), e);
      }
    }
  }
}
