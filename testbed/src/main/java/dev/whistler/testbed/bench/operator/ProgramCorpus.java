package dev.whistler.testbed.bench.operator;

import dev.whistler.testbed.simulator.SyntheticKernel;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The programs that are applied: they take turns in what they ask of a kernel, so that it is known
 * how many kernels can share an object.
 */
public final class ProgramCorpus {
  private static final String NOTHING =
      """
      (defmap seen :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
      (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap seen 0) %1$d)
        0)
      """;

  private static final String FORKS =
      """
      (deftracepoint sched/sched-process-fork parent-pid child-pid)
      (defmap last :type :array :key-size 4 :value-type u32 :max-entries 1)
      (defprog forked (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (setf (getmap last 0) (+ %1$d (tp-child-pid)))
        0)
      """;

  private static final String EXITS =
      """
      (deftracepoint sched/sched-process-exit pid)
      (defmap last :type :array :key-size 4 :value-type u32 :max-entries 1)
      (defprog gone (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
        (setf (getmap last 0) (+ %1$d (tp-pid)))
        0)
      """;

  private static final String BOTH =
      """
      (deftracepoint sched/sched-process-fork parent-pid child-pid)
      (deftracepoint sched/sched-process-exit pid)
      (defmap last :type :array :key-size 4 :value-type u32 :max-entries 2)
      (defprog forked (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (setf (getmap last 0) (+ %1$d (tp-child-pid)))
        0)
      (defprog gone (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
        (setf (getmap last 1) (+ %1$d (tp-pid)))
        0)
      """;

  private static final List<String> KINDS = List.of(NOTHING, FORKS, EXITS, BOTH);

  private ProgramCorpus() {}

  /** Name of a program, from 0 on. */
  public static String name(int number) {
    return "program-%03d".formatted(number);
  }

  /**
   * Text of a program.
   *
   * @param edit texts of different edits differ in what they do
   */
  public static String source(int number, int edit) {
    return KINDS.get(number % KINDS.size()).formatted(1 + number + 1_000 * edit);
  }

  /** How many different answers so many kernels give to a program. */
  public static int answerSets(int number, int kernels) {
    return (int)
        IntStream.range(0, kernels)
            .mapToObj(
                kernel ->
                    switch (number % KINDS.size()) {
                      case 0 -> "";
                      case 1 -> "" + SyntheticKernel.forkLayout(kernel);
                      case 2 -> "" + SyntheticKernel.exitLayout(kernel);
                      default ->
                          SyntheticKernel.forkLayout(kernel)
                              + " "
                              + SyntheticKernel.exitLayout(kernel);
                    })
            .distinct()
            .count();
  }
}
