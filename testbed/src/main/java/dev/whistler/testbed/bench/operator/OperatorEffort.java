package dev.whistler.testbed.bench.operator;

import dev.whistler.testbed.simulator.SyntheticKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How large the cluster is and how often things are measured.
 *
 * @param nodes simulated nodes, all of which run all programs
 * @param kernels different kernels that they have
 * @param programs how many are applied, at most 256
 * @param repeats edits of one program, and failures of one node, that are measured
 * @param rest how long nothing is changed
 * @param events of each kernel beside those that programs ask about
 * @param heapMegabytes the operator's heap at most
 */
public record OperatorEffort(
    int nodes,
    int kernels,
    int programs,
    int repeats,
    Duration rest,
    int events,
    int heapMegabytes) {

  /** What is promised. */
  public static final OperatorEffort LONG =
      new OperatorEffort(
          5_000, 12, 100, 20, Duration.ofSeconds(120), SyntheticKernel.USUAL_EVENTS, 256);

  /** What continuous integration runs. */
  public static final OperatorEffort SHORT =
      new OperatorEffort(300, 12, 20, 3, Duration.ofSeconds(15), 50, 256);

  /**
   * Reads options of its own out of the words of a command line.
   *
   * @param rest gets the other words
   * @throws IllegalArgumentException with a sentence, if a number is missing or out of range
   */
  public static OperatorEffort parse(List<String> words, List<String> rest) {
    OperatorEffort effort = words.contains("--short") ? SHORT : LONG;
    List<String> left = new ArrayList<>(words);
    while (!left.isEmpty()) {
      String word = left.removeFirst();
      switch (word) {
        case "--nodes" -> effort = effort.withNodes(number(word, left));
        case "--kernels" -> effort = effort.withKernels(number(word, left));
        case "--programs" -> effort = effort.withPrograms(number(word, left));
        case "--repeats" -> effort = effort.withRepeats(number(word, left));
        case "--rest" -> effort = effort.withRest(Duration.ofSeconds(number(word, left)));
        case "--heap" -> effort = effort.withHeap(number(word, left));
        default -> rest.add(word);
      }
    }
    return effort;
  }

  private static int number(String option, List<String> left) {
    try {
      int number = left.isEmpty() ? 0 : Integer.parseInt(left.removeFirst());
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " takes a number from 1 on.", e);
    }
    throw new IllegalArgumentException(option + " takes a number from 1 on.");
  }

  private OperatorEffort withNodes(int n) {
    return new OperatorEffort(n, kernels, programs, repeats, rest, events, heapMegabytes);
  }

  private OperatorEffort withKernels(int n) {
    return new OperatorEffort(nodes, n, programs, repeats, rest, events, heapMegabytes);
  }

  private OperatorEffort withPrograms(int n) {
    return new OperatorEffort(nodes, kernels, n, repeats, rest, events, heapMegabytes);
  }

  private OperatorEffort withRepeats(int n) {
    return new OperatorEffort(nodes, kernels, programs, n, rest, events, heapMegabytes);
  }

  private OperatorEffort withRest(Duration n) {
    return new OperatorEffort(nodes, kernels, programs, repeats, n, events, heapMegabytes);
  }

  private OperatorEffort withHeap(int n) {
    return new OperatorEffort(nodes, kernels, programs, repeats, rest, events, n);
  }
}
