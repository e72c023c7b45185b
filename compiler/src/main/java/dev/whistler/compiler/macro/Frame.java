package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The variables of one entered binding form at run time, and the frame around it. */
final class Frame {
  final @Nullable Frame outer;
  final Datum[] slots;

  Frame(@Nullable Frame outer, int size) {
    this.outer = outer;
    this.slots = new Datum[size];
    Arrays.fill(slots, Datum.NIL);
  }

  /** The frame so many levels out. */
  Frame at(int level) {
    Frame frame = this;
    for (int i = 0; i < level && frame.outer != null; i++) {
      frame = frame.outer;
    }
    return frame;
  }
}
