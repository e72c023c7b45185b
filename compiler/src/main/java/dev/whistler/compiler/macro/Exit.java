package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import org.jspecify.annotations.Nullable;

/** Control leaving forms: {@code return-from}, {@code go}, {@code throw}. */
final class Exit extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** One activation of a block, tagbody or catch; stored in a slot of its frame. */
  static final class Target implements Datum {
    private boolean active = true;

    boolean isActive() {
      return active;
    }

    void close() {
      active = false;
    }

    @Override
    public @Nullable SourceRange range() {
      return null;
    }
  }

  private final transient Datum target;
  private final transient Datum value;
  private final int segment;

  /** Leaves a block or a catch with a value. */
  Exit(Datum target, Datum value) {
    this(target, value, 0);
  }

  /** Continues a tagbody at a segment. */
  Exit(Datum target, int segment) {
    this(target, Datum.NIL, segment);
  }

  private Exit(Datum target, Datum value, int segment) {
    super(null, null, false, false);
    this.target = target;
    this.value = value;
    this.segment = segment;
  }

  Datum target() {
    return target;
  }

  Datum value() {
    return value;
  }

  int segment() {
    return segment;
  }
}
