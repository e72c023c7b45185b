package dev.whistler.agent.work;

import java.util.regex.Pattern;

/**
 * Turns what the runtime advises its caller on a terminal into what somebody who reads a status can
 * do. Who has applied a program can neither name a place on a command line nor give the agent's
 * process a right; he can change the program, or have the chart's values changed.
 */
final class ClusterHints {

  private static final Pattern RIGHTS =
      Pattern.compile(
          "; run as root or give the process CAP_BPF and CAP_PERFMON"
              + "( \\(CAP_NET_ADMIN for network programs\\))?");

  private static final String FEATURES =
      "; the agent lacks the right: have agent.features.network=true set for packet programs,"
          + " agent.features.legacyUprobes=true for uprobes on kernels before 6.6";

  private static final Pattern PLACE =
      Pattern.compile(": attach it with \\S+=.*?(?=, or write |\\.?$)", Pattern.DOTALL);

  private static final String IN_SECTION =
      "; agents attach only what names its place in its section";

  private ClusterHints() {}

  /** The sentence for a status. */
  static String of(String sentence) {
    String said = RIGHTS.matcher(sentence).replaceAll(FEATURES);
    return PLACE.matcher(said).replaceAll(IN_SECTION);
  }
}
