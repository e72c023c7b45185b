package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Arithmetic, bits, shifts, byte order and {@code cast} (sections 4.4 and 7). */
final class ArithmeticForms {
  private ArithmeticForms() {}

  static void register(Map<String, Operator> table) {
    table.put("+", (form, body, use) -> fold(Expr.Operator.ADD, form, 1, body));
    table.put("*", (form, body, use) -> fold(Expr.Operator.MULTIPLY, form, 1, body));
    table.put("-", ArithmeticForms::subtract);
    table.put("/", (form, body, use) -> fold(Expr.Operator.DIVIDE, form, 2, body));
    table.put("mod", (form, body, use) -> two(Expr.Operator.MODULO, form, body));
    for (String name : List.of("logand", "bit-and", "&")) {
      table.put(name, (form, body, use) -> fold(Expr.Operator.AND, form, 2, body));
    }
    for (String name : List.of("logior", "bit-or")) {
      table.put(name, (form, body, use) -> fold(Expr.Operator.OR, form, 2, body));
    }
    for (String name : List.of("logxor", "bit-xor")) {
      table.put(name, (form, body, use) -> fold(Expr.Operator.XOR, form, 2, body));
    }
    table.put("lognot", ArithmeticForms::complement);
    for (String name : List.of("<<", "ash-left")) {
      table.put(name, (form, body, use) -> two(Expr.Operator.SHIFT_LEFT, form, body));
    }
    for (String name : List.of(">>", "ash-right")) {
      table.put(name, (form, body, use) -> two(Expr.Operator.SHIFT_RIGHT, form, body));
    }
    for (String name : List.of(">>>", "ash-right-signed")) {
      table.put(name, (form, body, use) -> two(Expr.Operator.SHIFT_RIGHT_SIGNED, form, body));
    }
    table.put("ash", ArithmeticForms::arithmeticShift);
    table.put("1+", (form, body, use) -> byOne(Expr.Operator.ADD, form, body));
    table.put("1-", (form, body, use) -> byOne(Expr.Operator.SUBTRACT, form, body));
    table.put("min", (form, body, use) -> extreme(Relation.LESS_EQUAL, form, body));
    table.put("max", (form, body, use) -> extreme(Relation.GREATER_EQUAL, form, body));
    table.put("cast", ArithmeticForms::cast);
    for (String name : List.of("ntohs", "htons")) {
      table.put(name, (form, body, use) -> swapped(ScalarType.U16, form, body));
    }
    for (String name : List.of("ntohl", "htonl")) {
      table.put(name, (form, body, use) -> swapped(ScalarType.U32, form, body));
    }
    for (String name : List.of("ntohll", "htonll")) {
      table.put(name, (form, body, use) -> swapped(ScalarType.U64, form, body));
    }
    table.put("log2", ArithmeticForms::log2);
  }

  private static Expr fold(Expr.Operator operator, Form form, int min, BodyAnalyzer body) {
    body.arity(form, min, -1);
    List<Expr> operands = body.values(form.operands());
    Expr result = operands.getFirst();
    for (Expr operand : operands.subList(1, operands.size())) {
      result = binary(operator, result, operand, form.origin(), body);
    }
    return result;
  }

  private static Expr two(Expr.Operator operator, Form form, BodyAnalyzer body) {
    body.arity(form, 2, 2);
    List<Expr> operands = body.values(form.operands());
    return binary(operator, operands.get(0), operands.get(1), form.origin(), body);
  }

  private static Expr subtract(Form form, BodyAnalyzer body, Use use) {
    if (form.count() != 1) {
      return fold(Expr.Operator.SUBTRACT, form, 1, body);
    }
    Expr zero = form.at().zero();
    Expr operand = body.value(form.operand(0));
    if (operand.type() instanceof PointerType) {
      throw pointerOperand("negate", form.origin(), body);
    }
    return binary(Expr.Operator.SUBTRACT, zero, operand, form.origin(), body);
  }

  private static Expr byOne(Expr.Operator operator, Form form, BodyAnalyzer body) {
    body.arity(form, 1, 1);
    Expr operand = body.value(form.operand(0));
    Expr one = form.at().word(1);
    return binary(operator, operand, one, form.origin(), body);
  }

  private static Expr complement(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    Expr operand = body.value(form.operand(0));
    if (operand instanceof Expr.Constant c) {
      return form.at().word(~c.value());
    }
    Expr ones = form.at().word(-1);
    Expr result = binary(Expr.Operator.XOR, operand, ones, form.origin(), body);
    return result;
  }

  /** {@code (ash a C)}: the sign of the constant count decides the direction. */
  private static Expr arithmeticShift(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    Expr operand = body.value(form.operand(0));
    long count = body.requireConstant(form.operand(1), "the shift count of ash");
    if (count < -63 || count > 63) {
      throw shiftCount(count, body.originOf(form.operand(1)), "-63 to 63", body);
    }
    Expr.Operator operator = count < 0 ? Expr.Operator.SHIFT_RIGHT : Expr.Operator.SHIFT_LEFT;
    Expr amount = form.at().word(Math.abs(count));
    return binary(operator, operand, amount, form.origin(), body);
  }

  private static dev.whistler.compiler.diagnostic.AnalysisException shiftCount(
      long count, Origin at, String range, BodyAnalyzer body) {
    return body.fail(Message.SHIFT_COUNT_OUT_OF_RANGE, at, count, range);
  }

  /** A binary operation with the type rules of section 4.4; folds constants. */
  static Expr binary(Expr.Operator operator, Expr left, Expr right, Origin at, BodyAnalyzer body) {
    checkConstantOperand(operator, right, body);
    if (left.type() instanceof PointerType || right.type() instanceof PointerType) {
      return onPointers(operator, left, right, at, body);
    }
    StaticType type = scalarType(operator, left, right);
    if (left instanceof Expr.Constant a && right instanceof Expr.Constant b) {
      return new Expr.Constant(Words.apply(operator, a.value(), b.value()), type, at);
    }
    return new Expr.Binary(operator, left, right, type, at);
  }

  private static void checkConstantOperand(Expr.Operator operator, Expr right, BodyAnalyzer body) {
    if (!(right instanceof Expr.Constant c)) {
      return;
    }
    switch (operator) {
      case DIVIDE, MODULO -> {
        if (c.value() == 0) {
          throw body.fail(Message.DIVISOR_ZERO, c.origin());
        }
      }
      case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> {
        if (c.value() < 0 || c.value() > 63) {
          throw shiftCount(c.value(), c.origin(), "0 to 63", body);
        }
      }
      default -> {}
    }
  }

  private static StaticType scalarType(Expr.Operator operator, Expr left, Expr right) {
    ScalarType a = (ScalarType) left.type();
    ScalarType b = (ScalarType) right.type();
    return switch (operator) {
      case SHIFT_RIGHT, DIVIDE, MODULO -> a.signed() ? ScalarType.U64 : a;
      case SHIFT_RIGHT_SIGNED -> ScalarType.I64;
      case AND -> bitwise(left, a, right, b, true);
      case OR, XOR -> bitwise(left, a, right, b, false);
      default -> ScalarType.U64;
    };
  }

  private static StaticType bitwise(
      Expr left, ScalarType a, Expr right, ScalarType b, boolean narrowest) {
    ScalarType s = adapted(left, a);
    ScalarType t = adapted(right, b);
    if (s.signed() || t.signed()) {
      return ScalarType.U64;
    }
    return (s.width() <= t.width()) == narrowest ? s : t;
  }

  /** A constant adapts to the other operand: it has the narrowest unsigned type that holds it. */
  private static ScalarType adapted(Expr operand, ScalarType type) {
    if (operand instanceof Expr.Constant c && c.value() >= 0) {
      for (ScalarType narrow : List.of(ScalarType.U8, ScalarType.U16, ScalarType.U32)) {
        if (narrow.convert(c.value()) == c.value()) {
          return narrow;
        }
      }
      return ScalarType.U64;
    }
    return type;
  }

  private static Expr onPointers(
      Expr.Operator operator, Expr left, Expr right, Origin at, BodyAnalyzer body) {
    boolean leftKernel = isKernel(left.type());
    boolean rightKernel = isKernel(right.type());
    boolean bothPointers =
        left.type() instanceof PointerType && right.type() instanceof PointerType;
    if (operator == Expr.Operator.ADD) {
      if (bothPointers) {
        throw body.fail(Message.POINTERS_ADDED, at);
      }
      PointerType pointer =
          (PointerType) (left.type() instanceof PointerType ? left.type() : right.type());
      Expr offset = left.type() instanceof PointerType ? right : left;
      return new Expr.Binary(operator, left, right, moved(pointer, offset), at);
    }
    if (operator == Expr.Operator.SUBTRACT) {
      if (bothPointers || !(left.type() instanceof PointerType pointer)) {
        return new Expr.Binary(operator, left, right, ScalarType.U64, at);
      }
      return new Expr.Binary(
          operator,
          left,
          right,
          new PointerType(pointer.region(), null, -1, pointer.nullable()),
          at);
    }
    if ((left.type() instanceof PointerType && !leftKernel)
        || (right.type() instanceof PointerType && !rightKernel)) {
      throw pointerOperand("compute with", at, body);
    }
    StaticType type =
        switch (operator) {
          case SHIFT_RIGHT_SIGNED -> ScalarType.I64;
          default -> ScalarType.U64;
        };
    return new Expr.Binary(operator, left, right, type, at);
  }

  private static boolean isKernel(StaticType type) {
    return type instanceof PointerType p && p.region() == Region.KERNEL;
  }

  private static PointerType moved(PointerType pointer, Expr offset) {
    int size = -1;
    if (offset instanceof Expr.Constant c
        && pointer.size() >= 0
        && c.value() >= 0
        && c.value() <= pointer.size()) {
      size = (int) (pointer.size() - c.value());
    }
    return new PointerType(pointer.region(), null, size, pointer.nullable());
  }

  private static dev.whistler.compiler.diagnostic.AnalysisException pointerOperand(
      String verb, Origin at, BodyAnalyzer body) {
    return body.fail(Message.POINTER_OPERAND, at, verb);
  }

  private static Expr extreme(Relation relation, Form form, BodyAnalyzer body) {
    body.arity(form, 2, 2);
    List<Expr> operands = body.values(form.operands());
    Expr a = operands.get(0);
    Expr b = operands.get(1);
    for (Expr operand : operands) {
      if (operand.type() instanceof PointerType p && p.region() != Region.KERNEL) {
        throw body.fail(Message.POINTER_AS_NUMBER, operand.origin(), form.name());
      }
    }
    if (a instanceof Expr.Constant x && b instanceof Expr.Constant y) {
      long value = Words.holds(relation, x.value(), y.value()) ? x.value() : y.value();
      return form.at().word(value);
    }
    return body.once(
        "a",
        a,
        left ->
            body.once(
                "b",
                b,
                right ->
                    new Expr.If(
                        new Expr.Compare(relation, left, right, form.origin()),
                        left,
                        right,
                        ScalarType.U64,
                        form.origin())));
  }

  private static Expr cast(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    ScalarType type = Types.requireScalar(form.operand(0), body);
    return convert(type, body.value(form.operand(1)), form.origin());
  }

  /** conv(T, e): constants are folded, and what has the type already stays. */
  static Expr convert(ScalarType type, Expr operand, Origin at) {
    if (operand instanceof Expr.Constant c) {
      return new Expr.Constant(type.convert(c.value()), type, at);
    }
    return new Expr.Convert(type, operand, at);
  }

  private static Expr swapped(ScalarType type, Form form, BodyAnalyzer body) {
    body.arity(form, 1, 1);
    return swap(type, body.value(form.operand(0)), form.origin());
  }

  /** Swaps the low bytes of a word; constants are folded. */
  static Expr swap(ScalarType type, Expr operand, Origin at) {
    return operand instanceof Expr.Constant c
        ? new Expr.Constant(Words.swap(type.width(), c.value()), type, at)
        : new Expr.SwapBytes(type, operand, at);
  }

  private static Expr log2(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    UnaryOperator<Expr> apply =
        operand ->
            operand instanceof Expr.Constant c
                ? form.at().word(Words.log2(c.value()))
                : new Expr.Log2(operand, form.origin());
    return apply.apply(body.value(form.operand(0)));
  }
}
