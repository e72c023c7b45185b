package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Local;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The current value of each local while a body is lowered. Assignments are journalled, so that the
 * state before a conditional can be restored and only locals that changed are looked at where
 * control comes together: trees are structured, so no general SSA construction is needed.
 */
final class Environment {
  private final Map<Local, Value> current = new LinkedHashMap<>();
  private final List<Change> journal = new ArrayList<>();

  private record Change(Local local, @Nullable Value before) {}

  @Nullable Value get(Local local) {
    return current.get(local);
  }

  void set(Local local, Value value) {
    journal.add(new Change(local, current.put(local, value)));
  }

  /** A mark to return to. */
  int mark() {
    return journal.size();
  }

  /** Restores the state at a mark. */
  void rollBack(int mark) {
    while (journal.size() > mark) {
      Change change = journal.removeLast();
      if (change.before() == null) {
        current.remove(change.local());
      } else {
        current.put(change.local(), change.before());
      }
    }
  }

  /** Locals set since a mark that still have a value, with it. */
  Map<Local, Value> since(int mark) {
    Map<Local, Value> changes = new LinkedHashMap<>();
    for (int i = mark; i < journal.size(); i++) {
      Local local = journal.get(i).local();
      Value value = current.get(local);
      if (value != null) {
        changes.put(local, value);
      }
    }
    return changes;
  }
}
