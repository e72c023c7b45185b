package dev.whistler.compiler.check;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Joins of static types: of the values of a variable and of the arms of conditionals (6.1). */
public final class TypeJoin {
  private TypeJoin() {}

  /**
   * A static type, and the value if it is that of a constant: constants adapt to the other side.
   *
   * @param type the type
   * @param constant the constant, or null
   */
  public record Operand(StaticType type, @Nullable Long constant) {
    public static Operand of(Expr expr) {
      return new Operand(expr.type(), constantOf(expr));
    }

    private static @Nullable Long constantOf(Expr expr) {
      return switch (expr) {
        case Expr.Constant c -> c.value();
        case Expr.Sequence s -> constantOf(s.forms().getLast());
        case Expr.Let let -> constantOf(let.body());
        default -> null;
      };
    }

    public boolean isZero() {
      return constant != null && constant == 0;
    }
  }

  /** The join; empty where there is none: a pointer and a scalar that is not 0. */
  public static Optional<Operand> join(Operand a, Operand b) {
    if (a.type() instanceof PointerType p && b.type() instanceof PointerType q) {
      return Optional.of(new Operand(pointers(p, q), null));
    }
    if (a.type() instanceof PointerType p) {
      return pointerAndScalar(p, b);
    }
    if (b.type() instanceof PointerType q) {
      return pointerAndScalar(q, a);
    }
    return Optional.of(scalars(a, b));
  }

  private static Optional<Operand> pointerAndScalar(PointerType pointer, Operand scalar) {
    if (scalar.isZero()) {
      return Optional.of(
          new Operand(
              new PointerType(pointer.region(), pointer.layout(), pointer.size(), true), null));
    }
    return pointer.region() == Region.KERNEL
        ? Optional.of(new Operand(ScalarType.U64, null))
        : Optional.empty();
  }

  private static PointerType pointers(PointerType p, PointerType q) {
    if (p.equals(q)) {
      return p;
    }
    return new PointerType(
        p.region() == q.region() ? p.region() : Region.UNKNOWN,
        Objects.equals(p.layout(), q.layout()) ? p.layout() : null,
        p.size() == q.size() ? p.size() : -1,
        p.nullable() || q.nullable());
  }

  private static Operand scalars(Operand a, Operand b) {
    ScalarType s = (ScalarType) a.type();
    ScalarType t = (ScalarType) b.type();
    if (s == t) {
      return new Operand(s, Objects.equals(a.constant(), b.constant()) ? a.constant() : null);
    }
    if (a.constant() != null && b.constant() == null && t.convert(a.constant()) == a.constant()) {
      return new Operand(t, null);
    }
    if (b.constant() != null && a.constant() == null && s.convert(b.constant()) == b.constant()) {
      return new Operand(s, null);
    }
    return new Operand(ScalarType.U64, null);
  }
}
