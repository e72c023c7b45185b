package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Verifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All passes, from top to bottom. */
public final class Pipeline {
  /** Each pass is checked where assertions are enabled, as they are in tests. */
  private static final boolean CHECKED = Pipeline.class.desiredAssertionStatus();

  private final Routine routine;

  /** How often a pass has changed the routine. */
  private int changes;

  /** What {@link #changes} was when a pass, by name, found nothing to do; it would not again. */
  private final Map<String, Integer> unchangedSince = new HashMap<>();

  private Pipeline(Routine routine) {
    this.routine = routine;
  }

  /** Passes that improve code; tests switch them off one by one. */
  static List<Pass> improving(int instructionSet) {
    Pass simplify = new Simplify();
    Pass control = new Control();
    Pass commonValues = new CommonValues();
    Pass forwarding = new Forwarding();
    return List.of(
        // What the source says in a roundabout way.
        simplify,
        control,
        new LateTests(),
        commonValues,
        new ScalarReplacement(),
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
        new SharedTests(),
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
  static List<Pass> legalising() {
    return List.of(
        new DeadCode(),
        new ExpandCompares(),
        new PacketAddresses(),
        new ShowBounds(),
        new SplitCriticalEdges());
  }

  /** Improves a routine and makes it ready for instruction selection. */
  public static void run(Routine routine, int instructionSet, Set<String> disabled) {
    Pipeline pipeline = new Pipeline(routine);
    // First, so that the improving passes find most of the tests decided.
    pipeline.run(new SingleNullTests());
    pipeline.run(new PacketAddresses());
    for (Pass pass : improving(instructionSet)) {
      if (!disabled.contains(pass.name())) {
        pipeline.run(pass);
      }
    }
    legalising().forEach(pipeline::run);
  }

  private void run(Pass pass) {
    if (Objects.equals(unchangedSince.get(pass.name()), changes)) {
      return;
    }
    long before = CHECKED ? routine.fingerprint() : 0;
    boolean changed = pass.run(routine);
    if (changed) {
      changes++;
    } else {
      unchangedSince.put(pass.name(), changes);
    }
    if (CHECKED) {
      check(pass, changed, before);
    }
  }

  private void check(Pass pass, boolean changed, long before) {
    try {
      Verifier.check(routine);
    } catch (IllegalStateException e) {
      throw new IllegalStateException("after pass " + pass.name() + ": " + e.getMessage(), e);
    }
    if (!changed && before != routine.fingerprint()) {
      throw new IllegalStateException("pass " + pass.name() + " says that it changed nothing");
    }
  }
}
