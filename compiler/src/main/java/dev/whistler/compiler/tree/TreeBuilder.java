package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;

/**
 * Makes the nodes that stand for one form: all of them have its origin. {@link Trees#at} gives one.
 * Where no type is asked for it is u64.
 */
public record TreeBuilder(Origin origin) {
  public Expr.Constant word(long value) {
    return constant(value, ScalarType.U64);
  }

  public Expr.Constant zero() {
    return word(0);
  }

  public Expr.Constant constant(long value, StaticType type) {
    return new Expr.Constant(value, type, origin);
  }

  public Expr read(Local local) {
    return new Expr.Read(local, origin);
  }

  public Expr let(Local local, Expr init, Expr body) {
    return new Expr.Let(local, init, body, origin);
  }

  public Expr sequence(Expr... forms) {
    return new Expr.Sequence(List.of(forms), origin);
  }

  public Expr iff(Expr test, Expr then, Expr otherwise) {
    return iff(test, then, otherwise, ScalarType.U64);
  }

  public Expr iff(Expr test, Expr then, Expr otherwise, StaticType type) {
    return new Expr.If(test, then, otherwise, type, origin);
  }

  public Expr binary(Operator operator, Expr left, Expr right) {
    return binary(operator, left, right, ScalarType.U64);
  }

  public Expr binary(Operator operator, Expr left, long right) {
    return binary(operator, left, word(right));
  }

  public Expr binary(Operator operator, Expr left, Expr right, StaticType type) {
    return new Expr.Binary(operator, left, right, type, origin);
  }

  /** {@code pointer + offset}, a pointer of that type. */
  public Expr moved(Expr pointer, long offset, PointerType type) {
    return binary(Operator.ADD, pointer, word(offset), type);
  }

  public Expr compare(Relation relation, Expr left, Expr right) {
    return new Expr.Compare(relation, left, right, origin);
  }

  public Expr compare(Relation relation, Expr left, long right) {
    return compare(relation, left, word(right));
  }

  /** A pointer that a test has shown not to be 0; other values stay as they are. */
  public Expr nonNull(Expr value) {
    return value.type() instanceof PointerType p && p.nullable()
        ? new Expr.Retype(value, p.nonNull(), origin)
        : value;
  }

  public Expr load(ScalarType type, Expr pointer, long displacement) {
    return new Expr.Load(type, pointer, displacement, type, origin);
  }

  public Expr store(ScalarType type, Expr pointer, long displacement, Expr value) {
    return new Expr.Store(type, pointer, displacement, value, origin);
  }

  public Expr contextLoad(ScalarType type, int offset) {
    return new Expr.ContextLoad(type, offset, type, origin);
  }

  public Expr call(Helper helper, StaticType type, Expr.Argument... arguments) {
    return new Expr.Call(helper, List.of(arguments), type, origin);
  }

  /** A call of a helper that takes nothing. */
  public Expr call(String helper) {
    return call(Helpers.named(helper).orElseThrow(), ScalarType.U64);
  }
}
