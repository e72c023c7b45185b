package dev.whistler.testbed.bench.operator;

import java.util.List;
import java.util.Map;

/**
 * Everything that was measured.
 *
 * @param effort how large the cluster was
 * @param joinSeconds until all nodes had said what they are
 * @param firstReadySeconds from the apply of all programs until all were ready
 * @param expectedAnswerSets how many different answers the kernels give to the programs, by
 *     construction
 * @param stored what there was when all programs were ready for the first time
 * @param compilations as the operator counts them; absent where it does not
 * @param artifactsSeconds from the apply of a changed program until all artifacts were written and
 *     bound
 * @param readySeconds from the same until all nodes ran it
 * @param degradedSeconds from the failure of one node until the program said so
 * @param rest the time in which nothing was changed
 * @param reboot the time in which a tenth of the nodes started with a new kernel
 * @param flood what a node achieved that announced kernels which nobody has
 * @param largest bytes of the largest object by kind, in the end
 * @param storedBytes size of etcd's database in the end
 * @param liveBytes of the operator, after a full collection at rest
 * @param residentBytes of the operator
 * @param agentRequests of the simulated agents by outcome
 * @param problems answers that no agent should have got
 */
public record OperatorResults(
    OperatorEffort effort,
    double joinSeconds,
    double firstReadySeconds,
    long expectedAnswerSets,
    StoredObjects stored,
    Map<String, Double> compilations,
    List<Double> artifactsSeconds,
    List<Double> readySeconds,
    List<Double> degradedSeconds,
    Span rest,
    Span reboot,
    Flood flood,
    Map<String, Long> largest,
    double storedBytes,
    long liveBytes,
    long residentBytes,
    Map<String, Long> agentRequests,
    List<String> problems) {

  /**
   * A node that lies.
   *
   * @param announced how many kernels it announced, one after the other
   * @param askedFor how many of their profiles the operator asked for
   * @param artifactsSeconds from the apply of another's changed program until all its artifacts
   *     were written and bound
   */
  public record Flood(int announced, int askedFor, double artifactsSeconds) {}

  /**
   * A time.
   *
   * @param seconds how long
   * @param requests to the API server by what they ask for
   * @param processorSeconds by process
   */
  public record Span(
      double seconds, Map<String, Double> requests, Map<String, Double> processorSeconds) {
    /** Requests a second that write something of operator or agents. */
    public double writesPerSecond() {
      return ApiLoad.total(ApiLoad.writes(requests)) / seconds;
    }
  }
}
