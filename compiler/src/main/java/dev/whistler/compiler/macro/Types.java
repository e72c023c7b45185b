package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.Vector;
import java.math.BigInteger;
import java.util.List;

/** Type specifiers of {@code typep}, {@code typecase} and {@code check-type}. */
final class Types {
  private Types() {}

  static boolean isOfType(Evaluator evaluator, Datum value, Datum type) {
    evaluator.meter().enter();
    try {
      return switch (type) {
        case Datum.Symbol symbol -> isOfType(evaluator, value, symbol.name());
        case Cons compound -> isOfCompound(evaluator, value, compound);
        default -> throw unknown(evaluator, type);
      };
    } finally {
      evaluator.meter().leave();
    }
  }

  private static MacroError unknown(Evaluator evaluator, Datum type) {
    return new MacroError(Message.NOT_A_TYPE, evaluator.printer().shown(type));
  }

  private static boolean isOfType(Evaluator evaluator, Datum value, SymbolName type) {
    return switch (type.text()) {
      case "t" -> true;
      case "nil" -> false;
      case "integer", "number", "fixnum", "rational", "real" -> value instanceof Datum.Int;
      case "bignum" -> value instanceof Datum.Int n && n.value().bitLength() > 62;
      case "bit" ->
          value instanceof Datum.Int n && n.value().bitLength() <= 1 && n.value().signum() >= 0;
      case "unsigned-byte" -> value instanceof Datum.Int n && n.value().signum() >= 0;
      case "symbol" -> value instanceof Datum.Symbol;
      case "keyword" -> value instanceof Datum.Symbol symbol && symbol.name().isKeyword();
      case "null" -> Datum.isNil(value);
      case "boolean" -> Datum.isNil(value) || isTrue(value);
      case "cons" -> value instanceof Cons;
      case "list" -> value instanceof Cons || Datum.isNil(value);
      case "atom" -> !(value instanceof Cons);
      case "string", "simple-string" -> value instanceof Datum.Str;
      case "character" -> value instanceof Datum.Char;
      case "vector", "array", "simple-vector" ->
          value instanceof Vector || (value instanceof Datum.Str && !type.text().startsWith("s"));
      case "sequence" ->
          value instanceof Cons
              || Datum.isNil(value)
              || value instanceof Vector
              || value instanceof Datum.Str;
      case "hash-table" -> value instanceof HashTable;
      case "function" -> value instanceof Callable;
      case "error", "condition" -> value instanceof ConditionForms.Condition;
      default -> throw unknown(evaluator, new Datum.Symbol(type, null));
    };
  }

  private static boolean isTrue(Datum value) {
    return value instanceof Datum.Symbol symbol && symbol.name() == SymbolName.T;
  }

  private static boolean isOfCompound(Evaluator evaluator, Datum value, Cons type) {
    List<Datum> operands = FormParts.list(type.cdr(), "a type", evaluator.meter());
    return switch (FormParts.name(type)) {
      case "or" -> operands.stream().anyMatch(one -> isOfType(evaluator, value, one));
      case "and" -> operands.stream().allMatch(one -> isOfType(evaluator, value, one));
      case "not" -> operands.size() == 1 && !isOfType(evaluator, value, operands.getFirst());
      case "member" -> operands.stream().anyMatch(one -> Equality.eql(one, value));
      case "eql" -> operands.size() == 1 && Equality.eql(operands.getFirst(), value);
      case "satisfies" ->
          operands.size() == 1
              && !Datum.isNil(evaluator.callable(operands.getFirst(), "satisfies").call(value));
      case "integer" -> value instanceof Datum.Int n && isInRange(n.value(), operands);
      case "unsigned-byte" ->
          value instanceof Datum.Int n && n.value().signum() >= 0 && fits(n.value(), operands, 0);
      case "signed-byte" -> value instanceof Datum.Int n && fits(n.value(), operands, 1);
      case "mod" ->
          value instanceof Datum.Int n
              && n.value().signum() >= 0
              && operands.size() == 1
              && operands.getFirst() instanceof Datum.Int limit
              && n.value().compareTo(limit.value()) < 0;
      case "string", "vector", "array", "cons", "list" -> isOfType(evaluator, value, type.car());
      default -> throw unknown(evaluator, type);
    };
  }

  /** Bounds are an integer, {@code (integer)} exclusively, or {@code *}. */
  private static boolean isInRange(BigInteger value, List<Datum> bounds) {
    return (bounds.isEmpty() || compare(value, bounds.getFirst()) >= 0)
        && (bounds.size() < 2 || compare(bounds.get(1), value) >= 0);
  }

  private static int compare(BigInteger value, Datum low) {
    return switch (low) {
      case Datum.Int bound -> value.compareTo(bound.value());
      case Cons exclusive when exclusive.car() instanceof Datum.Int bound ->
          value.compareTo(bound.value()) > 0 ? 1 : -1;
      default -> 0;
    };
  }

  private static int compare(Datum high, BigInteger value) {
    return switch (high) {
      case Datum.Int bound -> bound.value().compareTo(value);
      case Cons exclusive when exclusive.car() instanceof Datum.Int bound ->
          bound.value().compareTo(value) > 0 ? 1 : -1;
      default -> 0;
    };
  }

  private static boolean fits(BigInteger value, List<Datum> width, int signBits) {
    return width.isEmpty()
        || !(width.getFirst() instanceof Datum.Int bits)
        || BigInteger.valueOf(value.bitLength() + (long) signBits).compareTo(bits.value()) <= 0;
  }
}
