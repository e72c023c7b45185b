package dev.whistler.compiler.form;

import dev.whistler.compiler.check.KindInference;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the analysis of a body finds out besides the tree: facts that it relies on, writes that tell
 * kinds, record types. Those of dead branches and of passes that are repeated are dropped.
 */
final class Findings {
  private final Set<TypedUnit.Requirement> requirements = new LinkedHashSet<>();
  private final KindInference kinds = new KindInference();
  private final RecordTypes records = new RecordTypes();
  private final Set<String> kernelLayouts = new LinkedHashSet<>();
  private final Set<Findings> included = Collections.newSetFromMap(new IdentityHashMap<>());

  Set<TypedUnit.Requirement> requirements() {
    return requirements;
  }

  KindInference kinds() {
    return kinds;
  }

  RecordTypes records() {
    return records;
  }

  Set<String> kernelLayouts() {
    return kernelLayouts;
  }

  /** Takes over what another analysis found, once. */
  void add(Findings other) {
    if (!included.add(other)) {
      return;
    }
    requirements.addAll(other.requirements);
    kinds.add(other.kinds);
    records.add(other.records);
    kernelLayouts.addAll(other.kernelLayouts);
  }
}
