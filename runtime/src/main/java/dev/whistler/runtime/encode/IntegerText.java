package dev.whistler.runtime.encode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whistler.runtime.schema.ScalarType;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** Whole numbers from JSON: numbers, decimal or {@code 0x} text, {@code true} and {@code false}. */
final class IntegerText {
  private static final Pattern FORM = Pattern.compile("-?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})");

  private IntegerText() {}

  static boolean isNumber(String text) {
    return FORM.matcher(text).matches();
  }

  /** The word of a number that lies in the range of the type. */
  static long of(ScalarType type, JsonNode value, String path) throws EncodeException {
    BigInteger number = number(type, value, path);
    int bits = 8 * type.size();
    BigInteger min = type.signed() ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
    BigInteger max =
        BigInteger.ONE.shiftLeft(type.signed() ? bits - 1 : bits).subtract(BigInteger.ONE);
    if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
      throw new EncodeException(
          path,
          "is " + number + "; a " + type.text() + " lies between " + min + " and " + max + ".");
    }
    return number.longValue();
  }

  private static BigInteger number(ScalarType type, JsonNode value, String path)
      throws EncodeException {
    if (value.isIntegralNumber()) {
      return value.bigIntegerValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue() ? BigInteger.ONE : BigInteger.ZERO;
    }
    if (value.isTextual() && isNumber(value.textValue())) {
      String text = value.textValue();
      boolean negative = text.startsWith("-");
      String digits = negative ? text.substring(1) : text;
      boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
      BigInteger number = hex ? new BigInteger(digits.substring(2), 16) : new BigInteger(digits);
      return negative ? number.negate() : number;
    }
    throw new EncodeException(
        path, "is no whole number; give a " + type.text() + " as a number or as text.");
  }
}
