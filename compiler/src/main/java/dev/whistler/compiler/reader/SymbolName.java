package dev.whistler.compiler.reader;

/**
 * The identity of a symbol. Interned symbols are compared by identity within one compilation's
 * {@link SymbolTable}; a gensym is a fresh instance that equals no other.
 */
public final class SymbolName {
  /** {@code nil}: the empty list, false. */
  public static final SymbolName NIL = new SymbolName("nil", "nil", false);

  /** {@code t}: truth. */
  public static final SymbolName T = new SymbolName("t", "t", false);

  /** What {@code 'x} reads as. */
  public static final SymbolName QUOTE = new SymbolName("quote", "quote", false);

  /** What {@code #'f} reads as. */
  public static final SymbolName FUNCTION = new SymbolName("function", "function", false);

  /** Head of what a backquote reads as. Not interned: no source can spell it. */
  public static final SymbolName QUASIQUOTE = new SymbolName("`", "`", false);

  /** Head of what a comma reads as. Not interned. */
  public static final SymbolName UNQUOTE = new SymbolName(",", ",", false);

  /** Head of what a comma with at-sign reads as. Not interned. */
  public static final SymbolName SPLICE = new SymbolName(",@", ",@", false);

  private final String text;
  private final String spelling;
  private final boolean keyword;

  SymbolName(String text, String spelling, boolean keyword) {
    this.text = text;
    this.spelling = spelling;
    this.keyword = keyword;
  }

  /**
   * The folded name that gives identity, without package part and without the colon of a keyword.
   */
  public String text() {
    return text;
  }

  /** The spelling of the first occurrence, for messages. */
  public String spelling() {
    return spelling;
  }

  /** Whether this is a keyword. */
  public boolean isKeyword() {
    return keyword;
  }

  @Override
  public String toString() {
    return keyword ? ":" + spelling : spelling;
  }
}
