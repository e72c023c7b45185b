package dev.whistler.crds;

/**
 * Reasons that agents give for the state of a program; the operator repeats them in its conditions.
 * They are constants and no enum because an agent may be newer than the operator.
 */
public final class NodeReason {
  /** The kernel's verifier refused the program. Condition {@code Verified}. */
  public static final String VERIFIER_REJECTED = "VerifierRejected";

  /** The program does what its tier does not allow. Condition {@code Attached}. */
  public static final String POLICY_DENIED = "PolicyDenied";

  /** Loading or attaching failed. Condition {@code Attached}. */
  public static final String ATTACH_FAILED = "AttachFailed";

  /** The machine lacks what the program needs. Condition {@code Attached}. */
  public static final String UNSUPPORTED = "Unsupported";

  /** The kernel's limit of programs at one tracepoint (64) is reached. */
  public static final String TOO_MANY_PROGRAMS = "TooManyPrograms";

  /** The artifact is not what the revision promises, or the revision not what it states. */
  public static final String TAMPERED = "Tampered";

  /** The revision requires what an agent of this version does not know. */
  public static final String AGENT_TOO_OLD = "AgentTooOld";

  /** Another process of the node owns the pins of the program; the agent tries again. */
  public static final String IN_USE = "InUse";

  /** The artifact could not be fetched yet; the agent tries again. */
  public static final String ARTIFACT_UNAVAILABLE = "ArtifactUnavailable";

  /** A sink does not accept records. Condition {@code Delivering}. */
  public static final String SINK_UNAVAILABLE = "SinkUnavailable";

  /** Records were lost lately. Condition {@code Delivering}. */
  public static final String RECORDS_LOST = "RecordsLost";

  /** Records did not fit their schema lately. Condition {@code Delivering}. */
  public static final String RECORDS_UNDECODABLE = "RecordsUndecodable";

  /** The kernel's files or file systems that the agent needs are not there. */
  public static final String KERNEL_UNUSABLE = "KernelUnusable";

  /** The node runs as many programs, or bytes of maps, as it may. */
  public static final String NODE_FULL = "NodeFull";

  /** A program's maps are larger than a program may take of a node. */
  public static final String TOO_MUCH_MEMORY = "TooMuchMemory";

  /** The API server refuses the node's kernel profile. Condition {@code Compiled}. */
  public static final String PROFILE_DENIED = "ProfileDenied";

  private NodeReason() {}
}
