package dev.whistler.compiler.reader;

import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;

/**
 * A place in a source text that moves forward by code points and knows its line and column (section
 * 2.1).
 */
final class Cursor {
  /** What {@link #peek} answers at the end of the text; no code point. */
  static final int END = -1;

  private final String file;
  private final String text;
  private int index;
  private int line = 1;
  private int column = 1;

  Cursor(SourceText source) {
    this.file = source.name();
    this.text = source.text();
  }

  /** A remembered place. */
  record Mark(int index, int line, int column) {}

  int peek() {
    return index < text.length() ? text.codePointAt(index) : END;
  }

  /** Takes the next code point. */
  int next() {
    int c = peek();
    if (c != END) {
      index += Character.charCount(c);
      if (c == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return c;
  }

  Mark mark() {
    return new Mark(index, line, column);
  }

  /** From the mark to here. */
  SourceRange since(Mark start) {
    return new SourceRange(file, start.line, start.column, line, column);
  }

  /** The text from the mark to here. */
  String textSince(Mark start) {
    return text.substring(start.index, index);
  }
}
