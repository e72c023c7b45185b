package dev.whistler.compiler.type;

/** The stack of a program. */
public final class Stack {
  /** Bytes of it: MAX_BPF_STACK, include/linux/filter.h. */
  public static final int BYTES = 512;

  private Stack() {}
}
