package dev.whistler.crds;

/** Names that operator, agents and chart agree on. */
public final class Group {
  /** The API group of all kinds. */
  public static final String NAME = "whistler.dev";

  /** The version of all kinds. */
  public static final String VERSION = "v1alpha1";

  /** The category that {@code kubectl get whistler} lists. */
  public static final String CATEGORY = "whistler";

  /** Label of revisions and artifacts: the name of their program. */
  public static final String PROGRAM_LABEL = NAME + "/program";

  /** Label of the ConfigMaps that hold texts of programs; its value does not matter. */
  public static final String SOURCE_LABEL = NAME + "/source";

  /** Finalizer of programs: the operator waits until the agents have unloaded. */
  public static final String FINALIZER = NAME + "/unload";

  /** Longest name of a program: it is also a label value. */
  public static final int MAX_PROGRAM_NAME = 63;

  private Group() {}
}
