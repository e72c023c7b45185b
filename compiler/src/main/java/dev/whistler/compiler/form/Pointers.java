package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a pointer must be where it is followed (sections 4.7 and 9.3). */
final class Pointers {
  private Pointers() {}

  /** Checks a pointer that is about to be followed: not nullable, not a narrow number. */
  static Expr checked(Expr pointer, BodyAnalyzer body) {
    switch (pointer.type()) {
      case PointerType p -> {
        if (p.nullable()) {
          throw body.fail(Message.POINTER_NOT_TESTED, pointer.origin());
        }
      }
      case ScalarType scalar -> {
        if (scalar.width() < 4) {
          throw body.fail(Message.POINTER_TOO_NARROW, pointer.origin(), scalar.text());
        }
      }
    }
    return pointer;
  }

  /** The bytes that a pointer is known to point to, or -1. */
  static int knownSize(Expr pointer) {
    return pointer.type() instanceof PointerType p ? p.size() : -1;
  }

  /** The layout that a pointer is known to point to, or null. */
  static @Nullable Layout layout(Expr pointer) {
    return pointer.type() instanceof PointerType p ? p.layout() : null;
  }

  /** Warns where a pointer to one struct is used as a pointer to another (section 9.3). */
  static void checkStruct(Expr pointer, Layout expected, BodyAnalyzer body) {
    Layout actual = layout(pointer);
    if (actual == null
        || actual.equals(expected)
        || related(actual, expected)
        || shareUnion(actual, expected, body.tables().unions().values())) {
      return;
    }
    body.report(Message.POINTER_OF_OTHER_STRUCT, pointer.origin(), actual.name(), expected.name());
  }

  private static boolean related(Layout actual, Layout expected) {
    return (actual instanceof UnionLayout u
            && expected instanceof StructLayout s
            && u.members().contains(s))
        || (expected instanceof UnionLayout v
            && actual instanceof StructLayout t
            && v.members().contains(t));
  }

  private static boolean shareUnion(Layout a, Layout b, Collection<UnionLayout> unions) {
    return a instanceof StructLayout s
        && b instanceof StructLayout t
        && unions.stream().anyMatch(u -> u.members().contains(s) && u.members().contains(t));
  }
}
