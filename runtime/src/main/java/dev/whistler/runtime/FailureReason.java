package dev.whistler.runtime;

/** Why a program does not run. The texts are stable: they become reasons of conditions. */
public enum FailureReason {
  /** The bytes are no object of ours, or contradict themselves. */
  BAD_OBJECT("BadObject"),
  /** This kernel or this machine lacks something the program needs. */
  UNSUPPORTED("Unsupported"),
  /** The process lacks a right it needs. */
  PERMISSION_DENIED("PermissionDenied"),
  /** The object does what its tier does not allow. */
  POLICY_DENIED("PolicyDenied"),
  VERIFIER_REJECTED("VerifierRejected"),
  /** The kernel refused to load for another reason than the verifier's verdict. */
  LOAD_FAILED("LoadFailed"),
  ATTACH_FAILED("AttachFailed"),
  /** The kernel's limit of 64 programs on one tracepoint is reached. */
  TOO_MANY_PROGRAMS("TooManyPrograms"),
  /** An entry for a map does not fit the map's types. */
  MAP_ENTRY_INVALID("MapEntryInvalid"),
  SINK_UNAVAILABLE("SinkUnavailable"),
  /** The pin directory is not ours or was changed by somebody else. */
  TAMPERED("Tampered"),
  /** What is to run requires what this version does not know. */
  AGENT_TOO_OLD("AgentTooOld"),
  /** Another process, or another program of this one, owns the pins. */
  IN_USE("InUse"),
  /** Its maps are larger than a program may have them. */
  TOO_MUCH_MEMORY("TooMuchMemory"),
  /** The machine runs as many programs, or bytes of maps, as it may. */
  NODE_FULL("NodeFull"),
  /** A fault of ours. */
  INTERNAL("InternalError");

  private final String text;

  FailureReason(String text) {
    this.text = text;
  }

  /** The reason in the form used by conditions, for instance {@code VerifierRejected}. */
  public String text() {
    return text;
  }
}
