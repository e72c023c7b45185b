package dev.whistler.compiler.table;

/** What the programs of a type are attached to, as far as the kernel's types tell its names. */
public enum AttachPoint {
  /** Something else. */
  NONE(""),
  TRACEPOINT(""),
  /** Its arguments are those of a function that the kernel makes for it. */
  RAW_TRACEPOINT("__traceiter_"),
  FUNCTION(""),
  SECURITY_HOOK("bpf_lsm_"),
  ITERATOR("bpf_iter_");

  private final String functionPrefix;

  AttachPoint(String functionPrefix) {
    this.functionPrefix = functionPrefix;
  }

  /** What the name of its function has before the name that a section gives. */
  public String functionPrefix() {
    return functionPrefix;
  }
}
