package dev.whistler.compiler.check;

import dev.whistler.compiler.check.TypeJoin.Operand;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.StaticType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The inferred types of variables (section 6.1): the join over all values that a variable is given
 * anywhere in its scope. A body is therefore analyzed again, with the types found so far, until
 * they no longer change; types only widen, so it ends.
 *
 * <p>A binding is known from one pass to the next by the datum that makes it.
 */
public final class BindingTypes {
  private final Map<Datum, Map<Integer, Entry>> entries = new IdentityHashMap<>();
  private final Map<Local, Entry> ofLocal = new HashMap<>();
  private final Map<Local, Expr> initial = new HashMap<>();
  private final Set<Local> changedInThisPass = new HashSet<>();
  private final Map<Datum, Datum> expansions = new IdentityHashMap<>();
  private boolean stable = true;

  private static final class Entry {
    private @Nullable Operand joined;
    private boolean assigned;
    private boolean assumedUnassigned;
    private boolean addressTaken;
  }

  /** The expansion of a standard macro: made once, so that all passes see the same bindings. */
  public Datum expansion(Datum call, Supplier<Datum> expand) {
    Datum known = expansions.get(call);
    if (known == null) {
      known = expand.get();
      expansions.put(call, known);
    }
    return known;
  }

  /** Starts another pass. */
  public void startPass() {
    ofLocal.clear();
    initial.clear();
    changedInThisPass.clear();
    stable = true;
  }

  /** Whether the pass saw no other types and facts than it had assumed. */
  public boolean stable() {
    return stable;
  }

  /**
   * The type to give a variable without a written type.
   *
   * @param maker the datum that makes the binding
   * @param index which of its bindings
   * @param init its first value
   */
  public StaticType typeOf(Datum maker, int index, Expr init) {
    Entry entry = entry(maker, index);
    Operand operand = Operand.of(init);
    if (entry.joined == null) {
      entry.joined = operand;
    } else {
      entry.joined = TypeJoin.join(entry.joined, operand).orElse(entry.joined);
    }
    return entry.joined.type();
  }

  /** Notes a variable and its first value. */
  public void bound(Local local, Datum maker, int index, Expr init) {
    ofLocal.put(local, entry(maker, index));
    initial.put(local, init);
  }

  /** Notes a variable of the compiler's own. */
  public void temporary(Local local, Expr init) {
    initial.put(local, init);
  }

  /**
   * Notes an assignment; false if the value's type cannot be joined with the others.
   *
   * @param value the assigned value
   */
  public boolean assigned(Local local, Expr value) {
    changedInThisPass.add(local);
    Entry entry = ofLocal.get(local);
    if (entry == null) {
      return true;
    }
    noteAssigned(entry);
    if (local.declared() != null || entry.joined == null) {
      return true;
    }
    var joined = TypeJoin.join(entry.joined, Operand.of(value));
    if (joined.isEmpty()) {
      return false;
    }
    if (!joined.get().type().equals(entry.joined.type())) {
      stable = false;
    }
    entry.joined = joined.get();
    return true;
  }

  /** Notes that a variable's address is taken. */
  public void addressTaken(Local local) {
    changedInThisPass.add(local);
    Entry entry = ofLocal.get(local);
    if (entry != null && !entry.addressTaken) {
      entry.addressTaken = true;
      noteAssigned(entry);
      stable = false;
    }
  }

  private void noteAssigned(Entry entry) {
    if (!entry.assigned) {
      entry.assigned = true;
      stable &= !entry.assumedUnassigned;
    }
  }

  /** Whether a variable is assigned anywhere, as far as earlier passes saw. */
  public boolean isAssigned(Local local) {
    Entry entry = ofLocal.get(local);
    if (changedInThisPass.contains(local) || (entry != null && entry.assigned)) {
      return true;
    }
    if (entry != null) {
      entry.assumedUnassigned = true;
    }
    return false;
  }

  /** Whether {@code stack-addr} was applied to a variable in an earlier pass. */
  public boolean isAddressTaken(Local local) {
    Entry entry = ofLocal.get(local);
    return entry != null && entry.addressTaken;
  }

  /** The value of a variable that is never assigned, or null. */
  public @Nullable Expr onlyValue(Local local) {
    return isAssigned(local) ? null : initial.get(local);
  }

  private Entry entry(Datum maker, int index) {
    return entries
        .computeIfAbsent(maker, d -> new HashMap<>())
        .computeIfAbsent(index, i -> new Entry());
  }
}
