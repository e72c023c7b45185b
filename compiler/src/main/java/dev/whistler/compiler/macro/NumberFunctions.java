package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;
import java.util.function.BinaryOperator;
import java.util.function.IntPredicate;

/** Integers. */
final class NumberFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      +/0- -/1- */0- //1- 1+/1 1-/1 =/1- /=/1- </1- >/1- <=/1- >=/1- mod/2 rem/2 floor/1-2
      ceiling/1-2 truncate/1-2 round/1-2 abs/1 min/1- max/1- gcd/0- lcm/0- expt/2 isqrt/1 ash/2
      logand/0- logior/0- logxor/0- lognot/1 logtest/2 logbitp/2 logcount/1 integer-length/1
      zerop/1 plusp/1 minusp/1 evenp/1 oddp/1 numberp/1 integerp/1 signum/1 byte/2 ldb/2 dpb/3
      """;

  private final Evaluator evaluator;
  private final Meter meter;

  NumberFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "+" -> fold(name, a, BigInteger.ZERO, BigInteger::add);
      case "*" -> fold(name, a, BigInteger.ONE, this::times);
      case "-" -> minus(a);
      case "/" -> divide(a);
      case "1+" -> integer(n(a[0], name).add(BigInteger.ONE));
      case "1-" -> integer(n(a[0], name).subtract(BigInteger.ONE));
      case "=" -> chain(name, a, order -> order == 0);
      case "<" -> chain(name, a, order -> order < 0);
      case ">" -> chain(name, a, order -> order > 0);
      case "<=" -> chain(name, a, order -> order <= 0);
      case ">=" -> chain(name, a, order -> order >= 0);
      case "/=" -> allDifferent(a);
      case "floor", "ceiling", "truncate", "round" -> quotient(name, a);
      case "mod" -> Values.all(quotient("floor", a)).get(1);
      case "rem" -> Values.all(quotient("truncate", a)).get(1);
      case "abs" -> integer(n(a[0], name).abs());
      case "min" -> fold(name, a, n(a[0], name), BigInteger::min);
      case "max" -> fold(name, a, n(a[0], name), BigInteger::max);
      case "gcd" -> fold(name, a, BigInteger.ZERO, BigInteger::gcd);
      case "lcm" -> fold(name, a, BigInteger.ONE, this::lcm);
      case "expt" -> expt(a);
      case "isqrt" -> isqrt(a[0]);
      case "ash" -> shift(n(a[0], name), n(a[1], name));
      case "logand" -> fold(name, a, BigInteger.ONE.negate(), BigInteger::and);
      case "logior" -> fold(name, a, BigInteger.ZERO, BigInteger::or);
      case "logxor" -> fold(name, a, BigInteger.ZERO, BigInteger::xor);
      case "lognot" -> integer(n(a[0], name).not());
      case "logtest" -> Evaluator.truth(n(a[0], name).and(n(a[1], name)).signum() != 0);
      case "logbitp" ->
          Evaluator.truth(n(a[1], name).testBit(Arguments.index(a[0], name, evaluator)));
      case "logcount" -> ListFunctions.integer(n(a[0], name).bitCount());
      case "integer-length" -> ListFunctions.integer(n(a[0], name).bitLength());
      case "zerop" -> Evaluator.truth(n(a[0], name).signum() == 0);
      case "plusp" -> Evaluator.truth(n(a[0], name).signum() > 0);
      case "minusp" -> Evaluator.truth(n(a[0], name).signum() < 0);
      case "evenp" -> Evaluator.truth(!n(a[0], name).testBit(0));
      case "oddp" -> Evaluator.truth(n(a[0], name).testBit(0));
      case "numberp", "integerp" -> Evaluator.truth(a[0] instanceof Datum.Int);
      case "signum" -> ListFunctions.integer(n(a[0], name).signum());
      case "byte" -> evaluator.cons(a[0], a[1]);
      case "ldb" -> loadByte(a);
      case "dpb" -> depositByte(a);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private BigInteger n(Datum value, String name) {
    return Arguments.integer(value, name, evaluator);
  }

  private Datum integer(BigInteger value) {
    return new Datum.Int(meter.integer(value), null);
  }

  private Datum fold(
      String name, Datum[] a, BigInteger initial, BinaryOperator<BigInteger> operation) {
    BigInteger result = initial;
    for (Datum argument : a) {
      meter.step();
      result = meter.integer(operation.apply(result, n(argument, name)));
    }
    return new Datum.Int(result, null);
  }

  private BigInteger times(BigInteger a, BigInteger b) {
    meter.integerBits(a.bitLength() + (long) b.bitLength() - 1);
    return a.multiply(b);
  }

  private BigInteger lcm(BigInteger a, BigInteger b) {
    return a.signum() == 0 || b.signum() == 0
        ? BigInteger.ZERO
        : times(a.divide(a.gcd(b)), b).abs();
  }

  private Datum minus(Datum[] a) {
    BigInteger result = n(a[0], "-");
    if (a.length == 1) {
      return integer(result.negate());
    }
    for (int i = 1; i < a.length; i++) {
      meter.step();
      result = result.subtract(n(a[i], "-"));
    }
    return integer(result);
  }

  private Datum divide(Datum[] a) {
    BigInteger result = n(a[0], "/");
    if (a.length == 1) {
      return divide(BigInteger.ONE, result);
    }
    Datum value = a[0];
    for (int i = 1; i < a.length; i++) {
      meter.step();
      value = divide(n(value, "/"), n(a[i], "/"));
    }
    return value;
  }

  private Datum divide(BigInteger a, BigInteger b) {
    checkDivisor(b, "/");
    BigInteger[] parts = a.divideAndRemainder(b);
    if (parts[1].signum() != 0) {
      throw new MacroError(a + " / " + b + " is no integer; use floor, truncate, ceiling or round");
    }
    return integer(parts[0]);
  }

  private static void checkDivisor(BigInteger divisor, String name) {
    if (divisor.signum() == 0) {
      throw new MacroError(name + " divides by zero");
    }
  }

  private Datum chain(String name, Datum[] a, IntPredicate holds) {
    boolean result = true;
    BigInteger before = n(a[0], name);
    for (int i = 1; i < a.length; i++) {
      meter.step();
      BigInteger next = n(a[i], name);
      result &= holds.test(before.compareTo(next));
      before = next;
    }
    return Evaluator.truth(result);
  }

  private Datum allDifferent(Datum[] a) {
    boolean different = true;
    for (int i = 0; i < a.length; i++) {
      BigInteger x = n(a[i], "/=");
      for (int j = i + 1; j < a.length; j++) {
        meter.step();
        different &= !x.equals(n(a[j], "/="));
      }
    }
    return Evaluator.truth(different);
  }

  private Datum quotient(String name, Datum[] a) {
    BigInteger x = n(a[0], name);
    BigInteger y = a.length > 1 ? n(a[1], name) : BigInteger.ONE;
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
    return Values.of(integer(quotient), integer(remainder));
  }

  private Datum expt(Datum[] a) {
    BigInteger base = n(a[0], "expt");
    BigInteger exponent = n(a[1], "expt");
    if (exponent.signum() < 0) {
      throw new MacroError("expt needs a non-negative exponent: there are no ratios");
    }
    if (base.bitLength() <= 1 && !base.equals(BigInteger.TWO.negate())) {
      // 0, 1 and -1 stay small whatever the exponent.
      int parity = exponent.testBit(0) ? 1 : exponent.signum() == 0 ? 0 : 2;
      return integer(base.pow(parity));
    }
    if (exponent.bitLength() > 31) {
      throw Meter.exceeded(Meter.MAX_INTEGER_BITS, "bits in an integer");
    }
    meter.integerBits((long) (base.abs().bitLength() - 1) * exponent.intValue());
    return integer(base.pow(exponent.intValue()));
  }

  private Datum isqrt(Datum a) {
    BigInteger n = n(a, "isqrt");
    if (n.signum() < 0) {
      throw MacroError.type("isqrt", "a non-negative integer", n.toString());
    }
    return integer(n.sqrt());
  }

  private Datum shift(BigInteger value, BigInteger count) {
    if (value.signum() == 0) {
      return integer(value);
    }
    if (count.bitLength() > 31) {
      if (count.signum() > 0) {
        throw Meter.exceeded(Meter.MAX_INTEGER_BITS, "bits in an integer");
      }
      return integer(value.signum() < 0 ? BigInteger.ONE.negate() : BigInteger.ZERO);
    }
    meter.integerBits(value.bitLength() + (long) count.intValue());
    return integer(value.shiftLeft(count.intValue()));
  }

  private record ByteSpecifier(int size, int position) {}

  private ByteSpecifier specifier(Datum datum, String name) {
    if (datum instanceof Cons pair) {
      int size = Arguments.index(pair.car(), name, evaluator);
      int position = Arguments.index(pair.cdr(), name, evaluator);
      meter.integerBits(size + (long) position);
      return new ByteSpecifier(size, position);
    }
    throw MacroError.type(name, "(byte SIZE POSITION)", evaluator.printer().shown(datum));
  }

  private static BigInteger mask(int size) {
    return BigInteger.ONE.shiftLeft(size).subtract(BigInteger.ONE);
  }

  private Datum loadByte(Datum[] a) {
    ByteSpecifier at = specifier(a[0], "ldb");
    return integer(n(a[1], "ldb").shiftRight(at.position).and(mask(at.size)));
  }

  private Datum depositByte(Datum[] a) {
    ByteSpecifier at = specifier(a[1], "dpb");
    BigInteger mask = mask(at.size).shiftLeft(at.position);
    BigInteger placed = n(a[0], "dpb").and(mask(at.size)).shiftLeft(at.position);
    return integer(n(a[2], "dpb").andNot(mask).or(placed));
  }
}
