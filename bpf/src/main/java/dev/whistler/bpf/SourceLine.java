package dev.whistler.bpf;

/**
 * Where an instruction comes from.
 *
 * @param file name as the compiler was given it
 * @param line from 1
 * @param column from 1; 1023 also stands for anything beyond
 * @param text the source line, empty if the object does not hold it
 */
public record SourceLine(String file, int line, int column, String text) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
