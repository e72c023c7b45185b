package dev.whistler.crds;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What each reason of an agent means and what to do about it: the one place that says so. Agents
 * report by it, the operator repeats it, and the documents are rendered from it.
 */
public final class NodeReasons {
  /** Of what an agent says something. */
  public enum Subject {
    /** Of its node, in the conditions of the WhistlerNode. */
    NODE,
    /** Of a program that does not run, or not as a whole. */
    PROGRAM,
    /** Of the records of a program that runs. */
    RECORDS
  }

  /**
   * A reason.
   *
   * @param of what it is said
   * @param when it is said, as the end of a sentence
   * @param remedy what to do, likewise
   */
  public record Row(String reason, Set<Subject> of, String when, String remedy) {
    public Row {
      of = Set.copyOf(of);
    }
  }

  private static final Set<Subject> NODE = Set.of(Subject.NODE);
  private static final Set<Subject> PROGRAM = Set.of(Subject.PROGRAM);
  private static final Set<Subject> RECORDS = Set.of(Subject.RECORDS);
  private static final Set<Subject> NODE_OR_PROGRAM = Set.of(Subject.NODE, Subject.PROGRAM);

  /** All of them; those of nodes first. */
  public static final List<Row> ALL =
      List.of(
          new Row(
              NodeReason.AGENT_READY, NODE, "the agent of the node can run programs", "nothing"),
          new Row(
              NodeReason.KERNEL_UNUSABLE,
              NODE,
              "the node lacks BTF, tracefs or bpffs, or is locked down",
              "`kubectl describe wn NODE` says what and how to mend it; the agent looks again by"
                  + " itself"),
          new Row(
              NodeReason.PROFILE_DENIED,
              NODE,
              "the API server refuses the profile of the node's kernel or a piece of its types, without"
                  + " which nothing is compiled for it",
              "`kubectl describe wn NODE`; `kubectl get kpr wanted -o yaml` must name the profile and"
                  + " the pieces"),
          new Row(
              NodeReason.IN_USE,
              NODE_OR_PROGRAM,
              "another process on the node, which the message names, owns the program's pins, all"
                  + " pins or the agent's directory",
              "mostly that is the former agent, which is ending; else it is the agent of another"
                  + " installation, see [operations.md](operations.md#one-installation-one-leader)"),
          new Row(
              NodeReason.TAMPERED,
              NODE_OR_PROGRAM,
              "a revision, an artifact or pins are not what was written",
              "the operator writes the artifact again; a revision that it did not write: find out"
                  + " who may, delete it; for pins see [install.md](install.md)"),
          new Row(
              NodeReason.VERIFIER_REJECTED,
              PROGRAM,
              "the kernel's verifier refuses the program",
              "the message names the form in the source; the agent's log has the verifier's"),
          new Row(
              NodeReason.POLICY_DENIED,
              PROGRAM,
              "the program does what its tier does not allow",
              "another tier, granted by RBAC, or leave it out"),
          new Row(
              NodeReason.ATTACH_FAILED,
              PROGRAM,
              "the kernel refuses to attach the program, or what it was attached to is gone",
              "the message says what"),
          new Row(
              NodeReason.UNSUPPORTED,
              PROGRAM,
              "the machine lacks what the program needs",
              "select other nodes; a feature below `agent.features` may be off"),
          new Row(
              NodeReason.TOO_MANY_PROGRAMS,
              PROGRAM,
              "the kernel's limit of 64 programs at one tracepoint is reached",
              "delete one; this one starts by itself"),
          new Row(
              NodeReason.PERMISSION_DENIED,
              PROGRAM,
              "the agent lacks a right",
              "a switch below `agent.features`, see [install.md](install.md)"),
          new Row(
              NodeReason.LOAD_FAILED,
              PROGRAM,
              "the kernel refuses to load the program, for another reason than the verifier's",
              "the message says which call and why"),
          new Row(
              NodeReason.BAD_OBJECT,
              PROGRAM,
              "the artifact's object cannot be read",
              "please report it"),
          new Row(
              NodeReason.MAP_ENTRY_INVALID,
              PROGRAM,
              "an entry for a map does not fit it",
              "the message says which"),
          new Row(
              NodeReason.AGENT_TOO_OLD,
              PROGRAM,
              "the revision requires what the agent on that node does not know; the message names"
                  + " it",
              "upgrade the agents; the revision before runs on there"),
          new Row(
              NodeReason.ARTIFACT_UNAVAILABLE,
              PROGRAM,
              "the agent could not fetch the artifact",
              "the operator writes a missing one again; else look at the node's way to the API"
                  + " server"),
          new Row(
              NodeReason.NODE_FULL,
              PROGRAM,
              "the node runs as many programs, or bytes of maps, as it may",
              "let programs select fewer nodes; make maps smaller"),
          new Row(
              NodeReason.TOO_MUCH_MEMORY,
              PROGRAM,
              "the program's maps are larger than one program may have",
              "a smaller `:max-entries`"),
          new Row(
              NodeReason.INTERNAL_ERROR,
              PROGRAM,
              "the agent has a fault with this program",
              "the agent's log; please report it"),
          new Row(
              NodeReason.SINK_UNAVAILABLE,
              Set.of(Subject.PROGRAM, Subject.RECORDS),
              "a sink does not accept records",
              "the message names sink and error; files that take too much together: remove some,"
                  + " or raise `agent.files.totalBytes`"),
          new Row(
              NodeReason.RECORDS_LOST,
              RECORDS,
              "records were lost within the last five minutes",
              "`whistler_records_lost_kernel_total` and `whistler_sink_records_lost_total` say"
                  + " where: a larger ring, fewer records, a faster sink"),
          new Row(
              NodeReason.RECORDS_UNDECODABLE,
              RECORDS,
              "records did not fit their schema within the last five minutes",
              "please report it"));

  private static final Map<String, Row> BY_REASON =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Row::reason, row -> row));

  private NodeReasons() {}

  /** The reasons that are given of something. */
  public static Set<String> of(Subject subject) {
    return ALL.stream()
        .filter(row -> row.of.contains(subject))
        .map(Row::reason)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What is said of a reason; empty for one of a newer agent. */
  public static Optional<Row> find(String reason) {
    return Optional.ofNullable(BY_REASON.get(reason));
  }
}
