package dev.whistler.compiler.source;

/**
 * A half-open range of a source text. Lines and columns count from 1; a column counts Unicode code
 * points.
 *
 * @param file the name of the source text
 * @param startLine line of the first character
 * @param startColumn column of the first character
 * @param endLine line of the character after the last
 * @param endColumn column of the character after the last
 */
public record SourceRange(String file, int startLine, int startColumn, int endLine, int endColumn) {

  @Override
  public String toString() {
    return file + ":" + startLine + ":" + startColumn + "-" + endLine + ":" + endColumn;
  }
}
