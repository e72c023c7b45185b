package dev.whistler.compiler.reader;

import dev.whistler.compiler.source.SourceRange;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A value of the reader and of the compile-time language.
 *
 * <p>What the reader produced has a range; what a macro made of template text has none and takes
 * the range of the macro call. Ranges are never part of equality at macro time: {@code eq} compares
 * symbols by their {@link SymbolName}.
 */
public interface Datum {
  /** {@code nil} made at macro time. */
  Symbol NIL = new Symbol(SymbolName.NIL, null);

  /** Whether this is {@code nil}: the empty list, false. */
  static boolean isNil(Datum datum) {
    return datum instanceof Symbol symbol && symbol.name() == SymbolName.NIL;
  }

  /** Where the reader found this datum, or null for data made at macro time. */
  @Nullable SourceRange range();

  /**
   * An occurrence of a symbol. {@code nil} is the symbol named "nil" and doubles as the empty list.
   *
   * @param name what the symbol is: compared by identity
   * @param range this occurrence
   */
  record Symbol(SymbolName name, @Nullable SourceRange range) implements Datum {}

  /**
   * An integer of any size.
   *
   * @param value the value
   * @param range this occurrence
   */
  record Int(BigInteger value, @Nullable SourceRange range) implements Datum {}

  /**
   * A string.
   *
   * @param text its characters
   * @param range this occurrence
   */
  record Str(String text, @Nullable SourceRange range) implements Datum {}

  /**
   * A character.
   *
   * @param codePoint its Unicode code point
   * @param range this occurrence
   */
  record Char(int codePoint, @Nullable SourceRange range) implements Datum {}
}
