package dev.whistler.operator.model;

/**
 * The operator's own words for the state of a program; agents' words are in {@code NodeReason}.
 * When each is said and what to do is in {@code ConditionTable}.
 */
public final class Reason {
  // All is well.
  public static final String COMPILED = "Compiled";
  public static final String ACCEPTED = "Accepted";
  public static final String ATTACHED = "Attached";
  public static final String DELIVERING = "Delivering";
  public static final String COMPLETE = "Complete";
  public static final String AS_EXPECTED = "AsExpected";
  public static final String READY = "Ready";

  // Something is not there yet.
  public static final String COMPILING = "Compiling";
  public static final String WAITING_FOR_MODULE = "WaitingForModule";
  public static final String AWAITING_PROFILES = "AwaitingProfiles";
  public static final String ROLLING_OUT = "RollingOut";
  public static final String PENDING = "Pending";
  public static final String NO_NODES = "NoNodes";
  public static final String NO_REVISION = "NoRevision";

  // Something is wrong with nodes or with us.
  public static final String AGENT_SILENT = "AgentSilent";
  public static final String NODES_UNREACHABLE = "NodesUnreachable";
  public static final String TOO_MANY_KERNELS = "TooManyKernels";
  public static final String MALFORMED_PROFILE = "MalformedProfile";
  public static final String OPERATOR_DEFECT = "OperatorDefect";
  public static final String COMPILER_DEFECT = "CompilerDefect";

  // Something is wrong with the spec.
  public static final String SOURCE_UNAVAILABLE = "SourceUnavailable";
  public static final String OBJECT_TOO_LARGE = "ObjectTooLarge";
  public static final String REVISION_TOO_LARGE = "RevisionTooLarge";
  public static final String INVALID_SELECTOR = "InvalidSelector";

  // Something is wrong with the source, by class of the compiler's codes.
  public static final String SYNTAX_ERROR = "SyntaxError";
  public static final String NAME_ERROR = "NameError";
  public static final String CONSTANT_ERROR = "ConstantError";
  public static final String TYPE_ERROR = "TypeError";
  public static final String DEFINITION_ERROR = "DefinitionError";
  public static final String RESOURCE_ERROR = "ResourceError";
  public static final String LICENSE_ERROR = "LicenseError";
  public static final String LIMIT_EXCEEDED = "LimitExceeded";
  public static final String MACRO_ERROR = "MacroError";
  public static final String INVALID_KNOB = "InvalidKnob";
  public static final String NOTHING_TO_RUN = "NothingToRun";
  public static final String CODE_ERROR = "CodeError";
  public static final String WARNING_DENIED = "WarningDenied";
  public static final String MISSING_TRACEPOINT_FIELD = "MissingTracepointField";
  public static final String MISSING_KERNEL_TYPE = "MissingKernelType";
  public static final String NOT_AVAILABLE = "NotAvailable";

  private Reason() {}
}
