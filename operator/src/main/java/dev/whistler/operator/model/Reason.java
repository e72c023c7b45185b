package dev.whistler.operator.model;

/** The operator's own words for the state of things; agents' words are in {@code NodeReason}. */
public final class Reason {
  /** All is as it should be. */
  public static final String AS_EXPECTED = "AsExpected";

  /** The newest spec compiles for every kernel of the selected nodes. */
  public static final String COMPILED = "Compiled";

  /** The compiler is at work on the newest spec, or has not come to it yet. */
  public static final String COMPILING = "Compiling";

  /** No node is selected, or none of them has an agent. */
  public static final String NO_NODES = "NoNodes";

  /** The profile of some selected node's kernel is not there yet. */
  public static final String AWAITING_PROFILES = "AwaitingProfiles";

  /** A profile is not what its digest promises, or no kernel produces such a thing. */
  public static final String MALFORMED_PROFILE = "MalformedProfile";

  /** The operator itself failed on this program; its log has the cause. */
  public static final String OPERATOR_DEFECT = "OperatorDefect";

  /** The ConfigMap of {@code spec.sourceFrom} does not hold a text that can be a program. */
  public static final String SOURCE_UNAVAILABLE = "SourceUnavailable";

  /** The compiled object does not fit into a WhistlerArtifact. */
  public static final String OBJECT_TOO_LARGE = "ObjectTooLarge";

  /** The revision does not fit into a WhistlerRevision. */
  public static final String REVISION_TOO_LARGE = "RevisionTooLarge";

  /** The node selector is none that Kubernetes would take. */
  public static final String INVALID_SELECTOR = "InvalidSelector";

  /** Agents are at work. */
  public static final String ROLLING_OUT = "RollingOut";

  /** Nothing is under way. */
  public static final String COMPLETE = "Complete";

  /** Every selected node runs the target revision. */
  public static final String ATTACHED = "Attached";

  /** Every selected kernel's verifier accepted the target revision. */
  public static final String ACCEPTED = "Accepted";

  /** Every sink accepts records. */
  public static final String DELIVERING = "Delivering";

  /** Some agent has not reported yet. */
  public static final String PENDING = "Pending";

  /** The agent of some selected node has not been heard of for longer than its Lease allows. */
  public static final String AGENT_SILENT = "AgentSilent";

  /** The selected nodes have more kernels than a revision can name artifacts for. */
  public static final String TOO_MANY_KERNELS = "TooManyKernels";

  /** There is no revision to run. */
  public static final String NO_REVISION = "NoRevision";

  /** The kernel of some selected nodes has no artifact of the target revision. */
  public static final String NO_ARTIFACT = "NoArtifact";

  /** Everything that Ready sums up is true. */
  public static final String READY = "Ready";

  /** Some nodes did not unload a deleted program in time. */
  public static final String NODES_UNREACHABLE = "NodesUnreachable";

  private Reason() {}
}
