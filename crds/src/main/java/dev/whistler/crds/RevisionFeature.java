package dev.whistler.crds;

import java.util.Set;

/**
 * What an agent must understand to run a revision, by name. An agent refuses what it does not know,
 * since leaving it out would run something else than what was asked for.
 */
public final class RevisionFeature {
  /** Records go to the agent's standard output. */
  public static final String SINK_STDOUT = "SinkStdout";

  /** Records go to files. */
  public static final String SINK_FILE = "SinkFile";

  /** Records go to a {@link WhistlerSink}. */
  public static final String SINK_REF = "SinkRef";

  /** Programs are attached where their sections do not say. */
  public static final String ATTACH = "Attach";

  /** Records are chosen. */
  public static final String EVENTS = "Events";

  /** Maps are shown as metrics. */
  public static final String METRICS = "Metrics";

  /** Entries are put into maps. */
  public static final String MAPS = "Maps";

  /** Only what happens in some pods is seen. */
  public static final String SCOPE = "Scope";

  /** The program is throttled. */
  public static final String BUDGET = "Budget";

  /** All that this version can say. */
  public static final Set<String> ALL =
      Set.of(SINK_STDOUT, SINK_FILE, SINK_REF, ATTACH, EVENTS, METRICS, MAPS, SCOPE, BUDGET);

  private RevisionFeature() {}
}
