package dev.whistler.compiler.reader;

/**
 * The identity of a symbol. Interned symbols are compared by identity within one compilation's
 * {@code SymbolTable}; a gensym is a fresh instance that equals no other.
 */
public final class SymbolName {
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
