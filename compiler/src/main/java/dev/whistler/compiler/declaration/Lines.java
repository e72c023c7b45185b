package dev.whistler.compiler.declaration;

/** Text with indentation. */
final class Lines {
  private final StringBuilder out = new StringBuilder();
  private final String unit;
  private int depth;

  Lines(String unit) {
    this.unit = unit;
  }

  /** Adds a line. */
  Lines add(String line) {
    if (!line.isEmpty()) {
      out.append(unit.repeat(depth)).append(line);
    }
    out.append('\n');
    return this;
  }

  /** Adds a line; what follows is one step further in. */
  Lines open(String line) {
    add(line);
    depth++;
    return this;
  }

  /** Steps out, then adds a line. */
  Lines close(String line) {
    depth--;
    return add(line);
  }

  /** Steps out. */
  Lines end() {
    depth--;
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
