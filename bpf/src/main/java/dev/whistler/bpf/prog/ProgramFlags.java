package dev.whistler.bpf.prog;

/** Flags of program loading (include/uapi/linux/bpf.h). */
public final class ProgramFlags {
  /** The verifier checks alignment as strict machines need it. */
  public static final int STRICT_ALIGNMENT = 1;

  /** The verifier tolerates any alignment. */
  public static final int ANY_ALIGNMENT = 1 << 1;

  /** The program may sleep. */
  public static final int SLEEPABLE = 1 << 4;

  /** An XDP program that takes packets in fragments. */
  public static final int XDP_HAS_FRAGS = 1 << 5;

  private ProgramFlags() {}
}
