package dev.whistler.runtime.deliver;

import java.nio.ByteBuffer;

/** Where lines end. */
final class WholeLines {
  private WholeLines() {}

  /**
   * Moves the position of a buffer back behind the last line feed that lies before it.
   *
   * @param from not further back than this
   * @return how many bytes it was moved
   */
  static int takeBack(ByteBuffer lines, int from) {
    int position = lines.position();
    int end = position;
    while (end > from && lines.get(end - 1) != '\n') {
      end--;
    }
    lines.position(end);
    return position - end;
  }
}
