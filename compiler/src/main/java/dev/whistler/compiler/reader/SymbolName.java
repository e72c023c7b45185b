package dev.whistler.compiler.reader;

/**
 * The identity of a symbol. Interned symbols are compared by identity within one compilation's
 * {@link SymbolTable}; a gensym is a fresh instance that equals no other.
 */
public final class SymbolName {
  /** Who else has the name: symbols of the same name, keywords of the same name, nobody. */
  enum Kind {
    INTERNED,
    KEYWORD,
    UNINTERNED
  }

  /** {@code nil}: the empty list, false. */
  public static final SymbolName NIL = new SymbolName("nil", "nil", Kind.INTERNED);

  /** {@code t}: truth. */
  public static final SymbolName T = new SymbolName("t", "t", Kind.INTERNED);

  /** What {@code 'x} reads as. */
  public static final SymbolName QUOTE = new SymbolName("quote", "quote", Kind.INTERNED);

  /** What {@code #'f} reads as. */
  public static final SymbolName FUNCTION = new SymbolName("function", "function", Kind.INTERNED);

  /** Head of what a backquote reads as. Not interned: no source can spell it. */
  public static final SymbolName QUASIQUOTE = new SymbolName("`", "`", Kind.UNINTERNED);

  /** Head of what a comma reads as. Not interned. */
  public static final SymbolName UNQUOTE = new SymbolName(",", ",", Kind.UNINTERNED);

  /** Head of what a comma with at-sign reads as. Not interned. */
  public static final SymbolName SPLICE = new SymbolName(",@", ",@", Kind.UNINTERNED);

  private final String text;
  private final String spelling;
  private final Kind kind;

  SymbolName(String text, String spelling, Kind kind) {
    this.text = text;
    this.spelling = spelling;
    this.kind = kind;
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
    return kind == Kind.KEYWORD;
  }

  /**
   * Whether it equals no symbol of the source, even one that prints alike: a gensym. What a table
   * holds by its text was not meant by it.
   */
  public boolean isUninterned() {
    return kind == Kind.UNINTERNED;
  }

  @Override
  public String toString() {
    return isKeyword() ? ":" + spelling : spelling;
  }
}
