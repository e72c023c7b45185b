package dev.whistler.compiler.reader;

import dev.whistler.compiler.diagnostic.Message;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** What a run of constituent characters stands for: a symbol, an integer, or an error. */
final class Atoms {
  /** Code points of a symbol's name. */
  static final int MAX_SYMBOL = 128;

  /** Bits of an integer; the same bound as at macro time. */
  static final int MAX_INTEGER_BITS = 4_096;

  /** Stands for a lone dot between the elements of a list; never leaves the reader. */
  static final Datum DOT = new Datum.Str(".", null);

  private final SymbolTable symbols;

  Atoms(SymbolTable symbols) {
    this.symbols = symbols;
  }

  /** What a token is. */
  sealed interface Token {}

  record Name(SymbolName name) implements Token {}

  /** Decimal digits with an optional sign. */
  record Digits(String digits) implements Token {}

  record Dot() implements Token {}

  record Refused(Message message) implements Token {}

  private static final boolean[] ASCII_CONSTITUENTS = asciiConstituents();

  private static boolean[] asciiConstituents() {
    boolean[] constituents = new boolean[0x80];
    for (int c = 0; c < constituents.length; c++) {
      constituents[c] = Character.isLetterOrDigit(c) || "+-*/<>=!?%&$_^~.@:".indexOf(c) >= 0;
    }
    return constituents;
  }

  static boolean isConstituent(int c) {
    return c >= 0
        && (c < ASCII_CONSTITUENTS.length ? ASCII_CONSTITUENTS[c] : Character.isLetter(c));
  }

  /**
   * Classifies a token.
   *
   * @param odd whether its name part is written between bars
   */
  Token classify(String text, boolean odd) {
    if (!odd && isNumberLike(text)) {
      return number(text);
    }
    if (text.equals(".")) {
      return new Dot();
    }
    int bar = odd ? text.indexOf('|') : text.length();
    int colon = text.lastIndexOf(':', bar);
    String prefix = colon < 0 ? "" : text.substring(0, colon);
    String name = odd ? text.substring(bar + 1, text.length() - 1) : text.substring(colon + 1);
    if (odd && colon + 1 != bar) {
      return new Refused(Message.BARS_INSIDE_NAME);
    }
    if (prefix.endsWith(":") && prefix.length() > 1) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    if (prefix.indexOf(':') >= 0 || (!odd && name.isEmpty())) {
      return new Refused(Message.COLON_MISPLACED);
    }
    if (!odd && isDots(name)) {
      return new Refused(Message.SYMBOL_OF_DOTS);
    }
    if (colon == 0) {
      return new Name(odd ? symbols.literalKeyword(name) : symbols.keyword(name));
    }
    return new Name(odd ? symbols.literal(name) : symbols.symbol(name));
  }

  private static boolean isDots(String name) {
    int i = 0;
    while (i < name.length() && name.charAt(i) == '.') {
      i++;
    }
    return i == name.length();
  }

  private static boolean isNumberLike(String text) {
    int i = signs(text);
    return i < text.length()
        && (isDigit(text.charAt(i))
            || (text.charAt(i) == '.' && i + 1 < text.length() && isDigit(text.charAt(i + 1))));
  }

  /** A token that starts like a number: it may still be a symbol, such as {@code 1+}. */
  private Token number(String text) {
    int i = digits(text, signs(text));
    int n = text.length();
    if (i == n) {
      return new Digits(text);
    }
    if (text.charAt(i) == '/' && i + 1 < n && digits(text, i + 1) == n) {
      return new Refused(Message.RATIO);
    }
    if (text.charAt(i) == '.') {
      if (i + 1 == n) {
        return new Digits(text.substring(0, i));
      }
      i = digits(text, i + 1);
    }
    if (i < n && "esfdlESFDL".indexOf(text.charAt(i)) >= 0) {
      int exponent = i + 1 + signs(text.substring(i + 1));
      if (exponent < n && digits(text, exponent) == n) {
        i = n;
      }
    }
    return i == n ? new Refused(Message.FLOATING_POINT_NUMBER) : new Name(symbols.symbol(text));
  }

  private static int signs(String text) {
    return !text.isEmpty() && (text.charAt(0) == '+' || text.charAt(0) == '-') ? 1 : 0;
  }

  private static int digits(String text, int from) {
    int i = from;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * The value of digits with an optional sign, or null if they are none of that radix. A number far
   * above the limit is not computed: any number above it stands for it.
   */
  static @Nullable BigInteger parseInteger(String text, int radix) {
    int start = signs(text);
    int significant = start;
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80 || Character.digit(text.charAt(i), radix) < 0) {
        return null;
      }
      if (text.charAt(i) == '0' && significant == i) {
        significant++;
      }
    }
    if (start == text.length()) {
      return null;
    }
    if (text.length() - significant > MAX_INTEGER_BITS) {
      return BigInteger.ONE.shiftLeft(MAX_INTEGER_BITS + 1);
    }
    BigInteger magnitude =
        significant == text.length()
            ? BigInteger.ZERO
            : new BigInteger(text.substring(significant), radix);
    return text.charAt(0) == '-' ? magnitude.negate() : magnitude;
  }
}
