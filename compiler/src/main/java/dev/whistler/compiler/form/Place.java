package dev.whistler.compiler.form;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.FieldRef;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be read and assigned (section 6.1). Its sub-expressions are analyzed, in
 * source order, but stand in the tree only once the place is read or written through {@link
 * Places}.
 */
sealed interface Place {
  Origin origin();

  /** A lexical variable. */
  record Variable(Scope.Binding binding, Origin origin) implements Place {}

  /**
   * A scalar in memory at {@code pointer + displacement}.
   *
   * @param networkOrder whether bytes are swapped between memory and value
   * @param field which field it is, if one
   */
  record Memory(
      ScalarType scalar,
      Expr pointer,
      long displacement,
      boolean networkOrder,
      @Nullable FieldRef field,
      Origin origin)
      implements Place {}

  /**
   * An element of an array at a run-time index that may be outside (section 9.4).
   *
   * @param index a word
   * @param count elements
   */
  record Element(
      ScalarType scalar,
      Expr pointer,
      long displacement,
      Expr index,
      int count,
      @Nullable FieldRef field,
      Origin origin)
      implements Place {}

  /** A whole nested struct or array. */
  record Block(
      Expr pointer,
      long displacement,
      int size,
      @Nullable Layout layout,
      @Nullable FieldRef field,
      Origin origin)
      implements Place {}

  /** A field of the program's context. */
  record ContextField(ScalarType scalar, int offset, StaticType type, Origin origin)
      implements Place {}

  /** {@code (getmap m k)}. */
  record MapElement(MapDefinition map, Expr.Slot key, Origin origin) implements Place {}
}
