package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;
import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;
import java.util.function.BinaryOperator;
import java.util.function.IntPredicate;

/** Integers. */
final class NumberFunctions {
  private NumberFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("+", 0, MANY, c -> fold(c, BigInteger.ZERO, BigInteger::add));
    to.add("*", 0, MANY, c -> fold(c, BigInteger.ONE, (x, y) -> times(c, x, y)));
    to.add("-", 1, MANY, c -> minus(c));
    to.add("/", 1, MANY, c -> divide(c));
    to.add("1+", 1, c -> c.number(c.integer(0).add(BigInteger.ONE)));
    to.add("1-", 1, c -> c.number(c.integer(0).subtract(BigInteger.ONE)));
    to.add("=", 1, MANY, c -> chain(c, order -> order == 0));
    to.add("<", 1, MANY, c -> chain(c, order -> order < 0));
    to.add(">", 1, MANY, c -> chain(c, order -> order > 0));
    to.add("<=", 1, MANY, c -> chain(c, order -> order <= 0));
    to.add(">=", 1, MANY, c -> chain(c, order -> order >= 0));
    to.add("/=", 1, MANY, c -> allDifferent(c));
    to.add("floor", 1, 2, c -> quotient(c, "floor"));
    to.add("ceiling", 1, 2, c -> quotient(c, "ceiling"));
    to.add("truncate", 1, 2, c -> quotient(c, "truncate"));
    to.add("round", 1, 2, c -> quotient(c, "round"));
    to.add("mod", 2, c -> Values.all(quotient(c, "floor")).get(1));
    to.add("rem", 2, c -> Values.all(quotient(c, "truncate")).get(1));
    to.add("abs", 1, c -> c.number(c.integer(0).abs()));
    to.add("min", 1, MANY, c -> fold(c, c.integer(0), BigInteger::min));
    to.add("max", 1, MANY, c -> fold(c, c.integer(0), BigInteger::max));
    to.add("gcd", 0, MANY, c -> fold(c, BigInteger.ZERO, BigInteger::gcd));
    to.add("lcm", 0, MANY, c -> fold(c, BigInteger.ONE, (x, y) -> lcm(c, x, y)));
    to.add("expt", 2, c -> expt(c));
    to.add("isqrt", 1, c -> isqrt(c));
    to.add("ash", 2, c -> shift(c, c.integer(0), c.integer(1)));
    to.add("logand", 0, MANY, c -> fold(c, BigInteger.ONE.negate(), BigInteger::and));
    to.add("logior", 0, MANY, c -> fold(c, BigInteger.ZERO, BigInteger::or));
    to.add("logxor", 0, MANY, c -> fold(c, BigInteger.ZERO, BigInteger::xor));
    to.add("lognot", 1, c -> c.number(c.integer(0).not()));
    to.add("logtest", 2, c -> truth(c.integer(0).and(c.integer(1)).signum() != 0));
    to.add("logbitp", 2, c -> truth(c.integer(1).testBit(c.index(0))));
    to.add("logcount", 1, c -> Call.number(c.integer(0).bitCount()));
    to.add("integer-length", 1, c -> Call.number(c.integer(0).bitLength()));
    to.add("zerop", 1, c -> truth(c.integer(0).signum() == 0));
    to.add("plusp", 1, c -> truth(c.integer(0).signum() > 0));
    to.add("minusp", 1, c -> truth(c.integer(0).signum() < 0));
    to.add("evenp", 1, c -> truth(!c.integer(0).testBit(0)));
    to.add("oddp", 1, c -> truth(c.integer(0).testBit(0)));
    to.add("numberp", 1, c -> truth(c.at(0) instanceof Datum.Int));
    to.add("integerp", 1, c -> truth(c.at(0) instanceof Datum.Int));
    to.add("signum", 1, c -> Call.number(c.integer(0).signum()));
    to.add("byte", 2, c -> c.cons(c.at(0), c.at(1)));
    to.add("ldb", 2, c -> loadByte(c));
    to.add("dpb", 3, c -> depositByte(c));
  }

  private static Datum fold(Call c, BigInteger initial, BinaryOperator<BigInteger> operation) {
    BigInteger result = initial;
    for (Datum argument : c.arguments()) {
      c.meter().step();
      result =
          c.meter()
              .integer(
                  operation.apply(result, Arguments.integer(argument, c.name(), c.evaluator())));
    }
    return new Datum.Int(result, null);
  }

  private static BigInteger times(Call c, BigInteger a, BigInteger b) {
    c.meter().integerBits(a.bitLength() + (long) b.bitLength() - 1);
    return a.multiply(b);
  }

  private static BigInteger lcm(Call c, BigInteger a, BigInteger b) {
    return a.signum() == 0 || b.signum() == 0
        ? BigInteger.ZERO
        : times(c, a.divide(a.gcd(b)), b).abs();
  }

  private static Datum minus(Call c) {
    BigInteger result = c.integer(0);
    if (c.count() == 1) {
      return c.number(result.negate());
    }
    for (int i = 1; i < c.count(); i++) {
      c.meter().step();
      result = result.subtract(c.integer(i));
    }
    return c.number(result);
  }

  private static Datum divide(Call c) {
    BigInteger result = c.integer(0);
    if (c.count() == 1) {
      return divide(c, BigInteger.ONE, result);
    }
    Datum value = c.at(0);
    for (int i = 1; i < c.count(); i++) {
      c.meter().step();
      value = divide(c, Arguments.integer(value, "/", c.evaluator()), c.integer(i));
    }
    return value;
  }

  private static Datum divide(Call c, BigInteger a, BigInteger b) {
    checkDivisor(b, "/");
    BigInteger[] parts = a.divideAndRemainder(b);
    if (parts[1].signum() != 0) {
      throw new MacroError(Message.QUOTIENT_NO_INTEGER, a, b);
    }
    return c.number(parts[0]);
  }

  private static void checkDivisor(BigInteger divisor, String name) {
    if (divisor.signum() == 0) {
      throw new MacroError(Message.MACRO_DIVISION_BY_ZERO, name);
    }
  }

  private static Datum chain(Call c, IntPredicate holds) {
    boolean result = true;
    BigInteger before = c.integer(0);
    for (int i = 1; i < c.count(); i++) {
      c.meter().step();
      BigInteger next = c.integer(i);
      result &= holds.test(before.compareTo(next));
      before = next;
    }
    return truth(result);
  }

  private static Datum allDifferent(Call c) {
    boolean different = true;
    for (int i = 0; i < c.count(); i++) {
      BigInteger x = c.integer(i);
      for (int j = i + 1; j < c.count(); j++) {
        c.meter().step();
        different &= !x.equals(c.integer(j));
      }
    }
    return truth(different);
  }

  private static Datum quotient(Call c, String name) {
    BigInteger x = c.integer(0);
    BigInteger y = c.count() > 1 ? c.integer(1) : BigInteger.ONE;
    checkDivisor(y, name);
    BigInteger[] parts = x.divideAndRemainder(y);
    BigInteger quotient = parts[0];
    BigInteger remainder = parts[1];
    if (remainder.signum() != 0) {
      boolean negative = remainder.signum() != y.signum();
      BigInteger step =
          switch (name) {
            case "floor" -> negative ? BigInteger.ONE.negate() : BigInteger.ZERO;
            case "ceiling" -> negative ? BigInteger.ZERO : BigInteger.ONE;
            case "round" -> {
              int half = remainder.abs().shiftLeft(1).compareTo(y.abs());
              boolean away = half > 0 || (half == 0 && quotient.testBit(0));
              yield away ? (negative ? BigInteger.ONE.negate() : BigInteger.ONE) : BigInteger.ZERO;
            }
            default -> BigInteger.ZERO;
          };
      quotient = quotient.add(step);
      remainder = remainder.subtract(step.multiply(y));
    }
    return Values.of(c.number(quotient), c.number(remainder));
  }

  private static Datum expt(Call c) {
    BigInteger base = c.integer(0);
    BigInteger exponent = c.integer(1);
    if (exponent.signum() < 0) {
      throw new MacroError(Message.EXPT_EXPONENT);
    }
    if (base.bitLength() <= 1 && !base.equals(BigInteger.TWO.negate())) {
      // 0, 1 and -1 stay small whatever the exponent.
      int parity = exponent.testBit(0) ? 1 : exponent.signum() == 0 ? 0 : 2;
      return c.number(base.pow(parity));
    }
    if (exponent.bitLength() > 31) {
      throw Meter.exceeded(Meter.MAX_INTEGER_BITS, "bits in an integer");
    }
    c.meter().integerBits((long) (base.abs().bitLength() - 1) * exponent.intValue());
    return c.number(base.pow(exponent.intValue()));
  }

  private static Datum isqrt(Call c) {
    BigInteger n = c.integer(0);
    if (n.signum() < 0) {
      throw MacroError.type("isqrt", "a non-negative integer", n.toString());
    }
    return c.number(n.sqrt());
  }

  private static Datum shift(Call c, BigInteger value, BigInteger count) {
    if (value.signum() == 0) {
      return c.number(value);
    }
    if (count.bitLength() > 31) {
      if (count.signum() > 0) {
        throw Meter.exceeded(Meter.MAX_INTEGER_BITS, "bits in an integer");
      }
      return c.number(value.signum() < 0 ? BigInteger.ONE.negate() : BigInteger.ZERO);
    }
    c.meter().integerBits(value.bitLength() + (long) count.intValue());
    return c.number(value.shiftLeft(count.intValue()));
  }

  private record ByteSpecifier(int size, int position) {}

  private static ByteSpecifier specifier(Call c, Datum datum, String name) {
    if (datum instanceof Cons pair) {
      int size = Arguments.index(pair.car(), name, c.evaluator());
      int position = Arguments.index(pair.cdr(), name, c.evaluator());
      c.meter().integerBits(size + (long) position);
      return new ByteSpecifier(size, position);
    }
    throw c.typeError("(byte SIZE POSITION)", datum);
  }

  private static BigInteger mask(int size) {
    return BigInteger.ONE.shiftLeft(size).subtract(BigInteger.ONE);
  }

  private static Datum loadByte(Call c) {
    ByteSpecifier at = specifier(c, c.at(0), "ldb");
    return c.number(c.integer(1).shiftRight(at.position).and(mask(at.size)));
  }

  private static Datum depositByte(Call c) {
    ByteSpecifier at = specifier(c, c.at(1), "dpb");
    BigInteger mask = mask(at.size).shiftLeft(at.position);
    BigInteger placed = c.integer(0).and(mask(at.size)).shiftLeft(at.position);
    return c.number(c.integer(2).andNot(mask).or(placed));
  }
}
