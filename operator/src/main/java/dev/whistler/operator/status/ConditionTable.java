package dev.whistler.operator.status;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.NodeReasons;
import dev.whistler.crds.NodeReasons.Subject;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whatever may be said of a program: each condition, each reason, where it may stand, when it is
 * said and what to do. The documents are rendered from it, and no condition says anything else.
 */
final class ConditionTable {
  /** Whether anybody should look. */
  enum Weight {
    /** All is well. */
    GOOD,
    /** Something is not there yet, and comes by itself. */
    WAITING,
    /** Somebody should look. */
    BAD
  }

  /**
   * A condition.
   *
   * @param holds when it is True, as the end of a sentence
   * @param subject what it speaks of
   */
  record Type(String name, String holds, String subject) {}

  /** Where a reason stands. */
  record Place(String type, Status status) {}

  /**
   * A reason.
   *
   * @param places where it may stand, in their order; nowhere if it is told as an event only
   * @param when it is said, as the end of a sentence
   * @param remedy what to do, likewise
   */
  record Row(String reason, Weight weight, List<Place> places, String when, String remedy) {
    Row {
      places = List.copyOf(places);
    }
  }

  static final List<Type> TYPES =
      List.of(
          new Type(
              Conditions.COMPILED,
              "the newest spec compiles for the kernel of every selected node",
              "the newest spec"),
          new Type(
              Conditions.VERIFIED,
              "every selected kernel's verifier accepted it",
              "the target revision (`status.targetRevision`)"),
          new Type(
              Conditions.ATTACHED,
              "every selected node runs it, and all of it is attached",
              "the target revision"),
          new Type(
              Conditions.DELIVERING,
              "every sink accepts records, and none were lost lately",
              "whatever runs: while an update is refused, the older revision"),
          new Type(
              Conditions.PROGRESSING,
              "some node has not come to the target revision yet",
              "the target revision"),
          new Type(
              Conditions.DEGRADED,
              "some node or kernel does not run the newest spec; True is bad here",
              "the newest spec"),
          new Type(
              Conditions.READY,
              "`Compiled`, `Attached` and `Delivering` are True for the newest spec",
              "all of it"));

  private static final Place NOT_COMPILED = new Place(Conditions.COMPILED, Status.FALSE);
  private static final Place COMPILED_UNKNOWN = new Place(Conditions.COMPILED, Status.UNKNOWN);
  private static final Place NOT_VERIFIED = new Place(Conditions.VERIFIED, Status.FALSE);
  private static final Place VERIFIED_UNKNOWN = new Place(Conditions.VERIFIED, Status.UNKNOWN);
  private static final Place NOT_ATTACHED = new Place(Conditions.ATTACHED, Status.FALSE);
  private static final Place ATTACHED_UNKNOWN = new Place(Conditions.ATTACHED, Status.UNKNOWN);
  private static final Place NOT_DELIVERING = new Place(Conditions.DELIVERING, Status.FALSE);
  private static final Place DELIVERING_UNKNOWN = new Place(Conditions.DELIVERING, Status.UNKNOWN);
  private static final Place DEGRADED = new Place(Conditions.DEGRADED, Status.TRUE);
  private static final Place DEGRADED_UNKNOWN = new Place(Conditions.DEGRADED, Status.UNKNOWN);
  private static final Place NOT_READY = new Place(Conditions.READY, Status.FALSE);
  private static final Place READY_UNKNOWN = new Place(Conditions.READY, Status.UNKNOWN);

  /** Of what some kernel of several cannot have. */
  private static final List<Place> SOURCE =
      List.of(NOT_COMPILED, NOT_ATTACHED, DEGRADED, NOT_READY);

  /** Of what is wrong whatever the kernel. */
  private static final List<Place> SPEC = List.of(NOT_COMPILED, DEGRADED, NOT_READY);

  private static final String SEE_DIAGNOSTICS =
      "`status.diagnostics` has line and column, [diagnostics.md](diagnostics.md) explains each"
          + " code";

  private static final String OTHER_KERNEL =
      "select other nodes, or write a source that does without; the message names the releases";

  /** All reasons, in the order in which a program comes by them. */
  static final List<Row> ROWS = rows();

  /** For whatever an agent says that is newer than this operator. */
  static final Row OTHER =
      new Row(
          "",
          Weight.BAD,
          List.of(COMPILED_UNKNOWN, NOT_ATTACHED, DEGRADED, NOT_READY),
          "an agent says so that is newer than the operator",
          "the message says what; the documents of the agent's version explain the word");

  private static final Map<String, Row> BY_REASON =
      ROWS.stream().collect(Collectors.toUnmodifiableMap(Row::reason, row -> row));

  private ConditionTable() {}

  /**
   * The row of a verdict.
   *
   * @return empty for what must not be said
   */
  static Optional<Row> find(String type, Status status, String reason) {
    Place place = new Place(type, status);
    return Optional.of(row(reason)).filter(row -> row.places.contains(place));
  }

  /** How much a reason matters. */
  static Weight weight(String reason) {
    return row(reason).weight;
  }

  private static Row row(String reason) {
    return BY_REASON.getOrDefault(reason, OTHER);
  }

  /**
   * The reason that an agent gives, if it may: a word of ours, or one that is said of something
   * else, would say what is not so.
   *
   * @param subject of what the agent says it
   * @param otherwise for what it may not say
   */
  static String ofAgent(Subject subject, String reason, String otherwise) {
    boolean may =
        NodeReasons.find(reason)
            .map(row -> row.of().contains(subject))
            .orElseGet(() -> !BY_REASON.containsKey(reason));
    return may && !reason.equals(NodeReason.AGENT_READY) ? reason : otherwise;
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(good());
    rows.addAll(waiting());
    rows.addAll(source());
    rows.addAll(spec());
    rows.addAll(operator());
    NodeReasons.ALL.stream()
        .filter(row -> !row.reason().equals(NodeReason.AGENT_READY))
        .map(ConditionTable::ofAgent)
        .forEach(rows::add);
    return List.copyOf(rows);
  }

  private static List<Row> good() {
    return List.of(
        good(Conditions.COMPILED, Reason.COMPILED, "the spec compiles for every selected kernel"),
        good(Conditions.VERIFIED, Reason.ACCEPTED, "every selected kernel's verifier accepted it"),
        good(Conditions.ATTACHED, Reason.ATTACHED, "every selected node runs the target revision"),
        good(Conditions.DELIVERING, Reason.DELIVERING, "every sink accepts records"),
        new Row(
            Reason.COMPLETE,
            Weight.GOOD,
            List.of(new Place(Conditions.PROGRESSING, Status.FALSE)),
            "nothing is under way",
            "nothing"),
        new Row(
            Reason.AS_EXPECTED,
            Weight.GOOD,
            List.of(new Place(Conditions.DEGRADED, Status.FALSE)),
            "no selected node or kernel fails to run the newest spec",
            "nothing"),
        good(Conditions.READY, Reason.READY, "the newest spec runs on every selected node"));
  }

  private static Row good(String type, String reason, String when) {
    return new Row(reason, Weight.GOOD, List.of(new Place(type, Status.TRUE)), when, "nothing");
  }

  private static List<Row> waiting() {
    return List.of(
        waiting(
            Reason.NO_NODES,
            List.of(COMPILED_UNKNOWN, ATTACHED_UNKNOWN, NOT_READY),
            "no node with an agent is selected",
            "compare `spec.nodeSelector` with the nodes' labels and `agent.nodeSelector`; `kubectl"
                + " get wn`"),
        waiting(
            Reason.AWAITING_PROFILES,
            List.of(COMPILED_UNKNOWN, NOT_READY),
            "a selected node's kernel has not been described yet: its KernelProfile or a piece of its"
                + " KernelTypes is missing",
            "wait some seconds; then look at the log of the agent there"),
        waiting(
            Reason.COMPILING,
            List.of(COMPILED_UNKNOWN, NOT_READY),
            "the compiler is at work on the program, or on others before it",
            "wait; what takes longer than `operator.compileTimeLimit` ends as `LimitExceeded`"),
        waiting(
            Reason.NO_REVISION,
            List.of(VERIFIED_UNKNOWN, ATTACHED_UNKNOWN),
            "the program never compiled",
            "look at `Compiled`"),
        waiting(
            Reason.PENDING,
            List.of(VERIFIED_UNKNOWN, NOT_ATTACHED, DELIVERING_UNKNOWN, NOT_READY),
            "an agent has not reported yet",
            "wait; if it stays, look at the log of the agent on that node"),
        waiting(
            Reason.ROLLING_OUT,
            List.of(new Place(Conditions.PROGRESSING, Status.TRUE)),
            "agents are at work",
            "wait"));
  }

  private static Row waiting(String reason, List<Place> places, String when, String remedy) {
    return new Row(reason, Weight.WAITING, places, when, remedy);
  }

  private static List<Row> source() {
    return List.of(
        source(
            Reason.SYNTAX_ERROR,
            "the source is no well-formed text, or a form has not the shape that it must have"),
        source(Reason.NAME_ERROR, "a name is unknown, defined twice, or none that may stand there"),
        source(Reason.CONSTANT_ERROR, "a number, a loop or an index is outside of its bounds"),
        source(Reason.TYPE_ERROR, "types do not fit each other"),
        source(
            Reason.DEFINITION_ERROR, "a structure, a map or a record cannot be as it is defined"),
        source(
            Reason.RESOURCE_ERROR,
            "a ring or a reservation in it is not used as it must be, or not given back"),
        source(Reason.MACRO_ERROR, "a macro failed"),
        source(
            Reason.LICENSE_ERROR, "what is called needs a licence that the source does not state"),
        source(Reason.CODE_ERROR, "an instruction or a record of the source's own cannot be made"),
        source(Reason.NOTHING_TO_RUN, "the source defines no program"),
        source(Reason.WARNING_DENIED, "the compiler warns of something that the source forbids"),
        bad(
            Reason.INVALID_KNOB,
            SOURCE,
            "`spec.knobs` names a knob that the source has not, or gives it a value that it cannot"
                + " have",
            SEE_DIAGNOSTICS),
        bad(
            Reason.LIMIT_EXCEEDED,
            SOURCE,
            "the program needs more stack, instructions or time of the compiler than there is",
            SEE_DIAGNOSTICS
                + "; what ran out of time is tried again after half a minute, then after twice as"
                + " long each time, up to an hour, and a changed spec at once"),
        new Row(
            Reason.WAITING_FOR_MODULE,
            Weight.WAITING,
            SOURCE,
            "some kernel has no event at all of the category of a tracepoint that the source uses, as"
                + " while the kernel module is not loaded that brings them",
            "load the module there (`modprobe`): the agent sees it within half a minute, and the"
                + " program is built and runs by itself; on nodes that have no such module, or if"
                + " the name is wrong: as for `MissingTracepointField`"),
        bad(
            Reason.MISSING_TRACEPOINT_FIELD,
            SOURCE,
            "some kernel lacks a tracepoint, or a field of one, that the source uses",
            OTHER_KERNEL),
        bad(
            Reason.MISSING_KERNEL_TYPE,
            SOURCE,
            "some kernel lacks a type, or it is not known, that the source uses",
            OTHER_KERNEL),
        bad(
            Reason.NOT_AVAILABLE,
            SOURCE,
            "some kernel or machine lacks a helper or a kind of program that the source uses",
            OTHER_KERNEL),
        bad(
            Reason.OBJECT_TOO_LARGE,
            SOURCE,
            "the object has more than 1 MiB compressed",
            "split the program"),
        bad(
            Reason.MALFORMED_PROFILE,
            SOURCE,
            "the profile of some kernel is not what its name says, or it or the types are no"
                + " kernel's",
            "it is deleted and uploaded again; if it comes back, the node may be compromised"),
        bad(
            Reason.COMPILER_DEFECT,
            SOURCE,
            "the compiler failed on this source",
            "the operator's log under the reference that the message gives; please report it"));
  }

  private static Row source(String reason, String when) {
    return bad(reason, SOURCE, when, SEE_DIAGNOSTICS);
  }

  private static List<Row> spec() {
    return Stream.concat(
            Stream.of(
                bad(
                    Reason.SOURCE_UNAVAILABLE,
                    SPEC,
                    "the ConfigMap of `spec.sourceFrom` is not there, lacks the label"
                        + " `whistler.dev/source`, or has no text under that key that can be a"
                        + " program; what runs runs on",
                    "what the message says; the program is built as soon as the text is there"),
                bad(
                    Reason.REVISION_TOO_LARGE,
                    SPEC,
                    "knobs, selectors and lists have more than 32 KiB",
                    "fewer or shorter ones"),
                bad(
                    Reason.INVALID_SELECTOR,
                    SPEC,
                    "`spec.nodeSelector` is none that Kubernetes would take",
                    "mend it")),
            Refusal.fields().entrySet().stream()
                .map(
                    field ->
                        bad(
                            field.getKey(),
                            SPEC,
                            "an object stored by an older version uses `"
                                + field.getValue()
                                + "`, which does not work yet; the API server refuses it now",
                            "remove the field")))
        .toList();
  }

  private static List<Row> operator() {
    return List.of(
        bad(
            Reason.TOO_MANY_KERNELS,
            List.of(NOT_ATTACHED, DEGRADED, NOT_READY),
            "the selected nodes have more than 256 different kernels",
            "select fewer nodes"),
        bad(
            Reason.AGENT_SILENT,
            List.of(
                COMPILED_UNKNOWN,
                NOT_ATTACHED,
                ATTACHED_UNKNOWN,
                DELIVERING_UNKNOWN,
                DEGRADED_UNKNOWN,
                NOT_READY,
                READY_UNKNOWN),
            "an agent has not renewed its Lease in time (`agent.lease`); what it said last may no"
                + " longer be so",
            "`kubectl get nodes`, the agent's pod on that node. Agents taken off a node on"
                + " purpose: remove the programs there (see [install.md](install.md)) and `kubectl"
                + " delete wn NODE`"),
        bad(
            Reason.OPERATOR_DEFECT,
            List.of(READY_UNKNOWN),
            "the operator failed on this program",
            "its log; please report it"),
        bad(
            Reason.NODES_UNREACHABLE,
            List.of(),
            "a program was deleted, and nodes did not say in time (`operator.unloadTimeLimit`) that"
                + " they unloaded it, or cannot say",
            "an agent that returns removes it; for a node without an agent see"
                + " [install.md](install.md)"));
  }

  private static Row bad(String reason, List<Place> places, String when, String remedy) {
    return new Row(reason, Weight.BAD, places, when, remedy);
  }

  private static Row ofAgent(NodeReasons.Row said) {
    Set<Place> places = new LinkedHashSet<>();
    if (said.reason().equals(NodeReason.POLICY_DENIED)) {
      places.add(NOT_COMPILED);
    }
    if (said.of().contains(Subject.NODE)) {
      places.add(COMPILED_UNKNOWN);
    }
    if (said.reason().equals(NodeReason.VERIFIER_REJECTED)) {
      places.add(NOT_VERIFIED);
    }
    if (!said.of().equals(Set.of(Subject.RECORDS))) {
      places.add(NOT_ATTACHED);
    }
    if (said.of().contains(Subject.RECORDS)) {
      places.add(NOT_DELIVERING);
    }
    if (!said.of().equals(Set.of(Subject.RECORDS))) {
      places.add(DEGRADED);
    }
    places.add(NOT_READY);
    return bad(said.reason(), List.copyOf(places), said.when(), said.remedy());
  }
}
