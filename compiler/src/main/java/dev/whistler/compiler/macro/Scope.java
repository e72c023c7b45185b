package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.SymbolName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What names mean where a form is prepared for evaluation. Each scope stands for one {@link Frame}
 * at run time; names are added while the form is prepared, so a name is visible only to what is
 * prepared after it.
 */
final class Scope {
  /** Kinds of names; each has its own name space. */
  enum Space {
    VARIABLE,
    FUNCTION,
    BLOCK,
    TAG
  }

  private record Name(Space space, Object name) {}

  /**
   * Where a value lies.
   *
   * @param level frames to go out
   * @param index slot there
   */
  record Place(int level, int index) {}

  private final @Nullable Scope outer;
  private final Map<Name, Integer> names = new HashMap<>();
  private LexicalMacros macros;
  private int size;

  private Scope(@Nullable Scope outer, LexicalMacros macros) {
    this.outer = outer;
    this.macros = macros;
  }

  /** A scope with nothing around it but local macros. */
  static Scope outermost(LexicalMacros macros) {
    return new Scope(null, macros);
  }

  Scope inner() {
    return new Scope(this, macros);
  }

  Scope inner(LexicalMacros changed) {
    return new Scope(this, changed);
  }

  /** Adds a variable and returns its slot. */
  int variable(SymbolName name) {
    if (macros.symbol(name) != null) {
      macros = macros.shadowing(name);
    }
    return add(Space.VARIABLE, name);
  }

  /** Adds a local function and returns its slot. */
  int function(SymbolName name) {
    macros = macros.hidingOperator(name);
    return add(Space.FUNCTION, name);
  }

  /** Adds a block or a tag and returns its slot. */
  int add(Space space, Object name) {
    names.put(new Name(space, name), size);
    return size++;
  }

  /** A slot without a name. */
  int hidden() {
    return size++;
  }

  @Nullable Place find(Space space, Object name) {
    Name key = new Name(space, name);
    int level = 0;
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Integer index = scope.names.get(key);
      if (index != null) {
        return new Place(level, index);
      }
      level++;
    }
    return null;
  }

  /** Slots of the frame; final once everything inside is prepared. */
  int size() {
    return size;
  }

  LexicalMacros macros() {
    return macros;
  }
}
