package dev.whistler.crds;

/**
 * Reasons that agents give for the state of a node or a program; the operator repeats them in its
 * conditions. They are constants and no enum because an agent may be newer than the operator. What
 * each means is in {@link NodeReasons}.
 */
public final class NodeReason {
  public static final String VERIFIER_REJECTED = "VerifierRejected";
  public static final String POLICY_DENIED = "PolicyDenied";
  public static final String ATTACH_FAILED = "AttachFailed";
  public static final String UNSUPPORTED = "Unsupported";
  public static final String TOO_MANY_PROGRAMS = "TooManyPrograms";
  public static final String TAMPERED = "Tampered";
  public static final String AGENT_TOO_OLD = "AgentTooOld";
  public static final String IN_USE = "InUse";
  public static final String ARTIFACT_UNAVAILABLE = "ArtifactUnavailable";
  public static final String SINK_UNAVAILABLE = "SinkUnavailable";
  public static final String RECORDS_LOST = "RecordsLost";
  public static final String RECORDS_UNDECODABLE = "RecordsUndecodable";
  public static final String KERNEL_UNUSABLE = "KernelUnusable";
  public static final String NODE_FULL = "NodeFull";
  public static final String TOO_MUCH_MEMORY = "TooMuchMemory";
  public static final String PROFILE_DENIED = "ProfileDenied";
  public static final String AGENT_READY = "AgentReady";
  public static final String PERMISSION_DENIED = "PermissionDenied";
  public static final String LOAD_FAILED = "LoadFailed";
  public static final String BAD_OBJECT = "BadObject";
  public static final String MAP_ENTRY_INVALID = "MapEntryInvalid";
  public static final String INTERNAL_ERROR = "InternalError";

  private NodeReason() {}
}
