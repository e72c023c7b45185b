package dev.whistler.compiler.ir;

import dev.whistler.compiler.source.Origin;

/**
 * A piece of the stack with its own address. Compared by identity.
 *
 * <p>Its place in the frame is chosen after register allocation; objects that are never in use at
 * the same time share bytes.
 */
public final class StackObject {
  /** Why a routine needs stack; the breakdown of {@code E-STACK} (section 8.2). */
  public enum Cause {
    BLOCK("struct-alloc and make forms"),
    VARIABLE("variables with an address"),
    SLOT("key and value temporaries"),
    CAPTURE("variables shared with loop bodies"),
    SPILL("values that found no register");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    /** How a message names it. */
    public String text() {
      return text;
    }
  }

  private final int number;
  private final int size;
  private final int alignment;
  private final Cause cause;
  private final Origin origin;

  StackObject(int number, int size, int alignment, Cause cause, Origin origin) {
    this.number = number;
    this.size = size;
    this.alignment = alignment;
    this.cause = cause;
    this.origin = origin;
  }

  /** Number within the routine, from 0. */
  public int number() {
    return number;
  }

  /** Bytes. */
  public int size() {
    return size;
  }

  /** 1, 2, 4 or 8. */
  public int alignment() {
    return alignment;
  }

  public Cause cause() {
    return cause;
  }

  /** The form that needs it. */
  public Origin origin() {
    return origin;
  }

  @Override
  public String toString() {
    return "stack" + number;
  }
}
