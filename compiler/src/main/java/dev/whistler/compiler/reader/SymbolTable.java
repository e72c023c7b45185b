package dev.whistler.compiler.reader;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The symbols of one compilation: equal names give the same {@link SymbolName}. Owned by one
 * compilation; not thread-safe.
 */
public final class SymbolTable {
  private final Map<String, SymbolName> symbols = new HashMap<>();
  private final Map<String, SymbolName> keywords = new HashMap<>();
  private long gensyms;

  public SymbolTable() {
    for (SymbolName known :
        List.of(SymbolName.NIL, SymbolName.T, SymbolName.QUOTE, SymbolName.FUNCTION)) {
      symbols.put(known.text(), known);
    }
  }

  /** The symbol of that name; ASCII letters are folded to lower case for identity. */
  public SymbolName symbol(String spelling) {
    return symbols.computeIfAbsent(
        fold(spelling), text -> new SymbolName(text, spelling, SymbolName.Kind.INTERNED));
  }

  /** The symbol of literally that name, as {@code |odd name|} reads and {@code intern} makes it. */
  public SymbolName literal(String text) {
    return symbols.computeIfAbsent(
        text, same -> new SymbolName(same, same, SymbolName.Kind.INTERNED));
  }

  /** The keyword of that name, given without its colon. */
  public SymbolName keyword(String spelling) {
    return keywords.computeIfAbsent(
        fold(spelling), text -> new SymbolName(text, spelling, SymbolName.Kind.KEYWORD));
  }

  /** The keyword of literally that name, as {@code :|odd name|} reads. */
  public SymbolName literalKeyword(String text) {
    return keywords.computeIfAbsent(
        text, same -> new SymbolName(same, same, SymbolName.Kind.KEYWORD));
  }

  /** A fresh symbol that equals no other, printed as the prefix and a number counting from 0. */
  public SymbolName gensym(String prefix) {
    return uninterned(prefix + gensyms++);
  }

  /** A fresh symbol that equals no other. */
  public SymbolName uninterned(String text) {
    return new SymbolName(text, text, SymbolName.Kind.UNINTERNED);
  }

  /** Folds ASCII letters, and only them, to lower case. */
  static String fold(String spelling) {
    for (int i = 0; i < spelling.length(); i++) {
      if (isUpper(spelling.charAt(i))) {
        StringBuilder folded = new StringBuilder(spelling);
        for (int j = i; j < spelling.length(); j++) {
          char c = spelling.charAt(j);
          folded.setCharAt(j, isUpper(c) ? (char) (c + ('a' - 'A')) : c);
        }
        return folded.toString();
      }
    }
    return spelling;
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
