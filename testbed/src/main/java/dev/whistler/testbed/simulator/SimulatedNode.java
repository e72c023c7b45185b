package dev.whistler.testbed.simulator;

import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.Membership;
import dev.whistler.crds.Membership.Choice;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one node is, runs and says. Knows no requests. One thread at a time. */
final class SimulatedNode {

  /**
   * What goes wrong there.
   *
   * @param reason one word
   * @param message a sentence
   */
  record Failure(String reason, String message) {}

  private final String name;
  private final Map<String, String> labels;
  private final Map<String, NodeProgram> programs = new HashMap<>();
  private final Set<String> fetched = new HashSet<>();
  private final Map<String, Failure> failures = new HashMap<>();
  private SyntheticKernel kernel;
  private String profile;
  private int boots;

  SimulatedNode(String name, Map<String, String> labels, SyntheticKernel kernel) {
    this.name = name;
    this.labels = Map.copyOf(labels);
    this.kernel = kernel;
    this.profile = kernel.profile();
  }

  String profile() {
    return profile;
  }

  SyntheticKernel kernel() {
    return kernel;
  }

  Map<String, String> labels() {
    return labels;
  }

  /** Nothing runs any more, and another kernel does. */
  void reboot(SyntheticKernel next) {
    kernel = next;
    profile = next.profile();
    boots++;
    programs.clear();
    fetched.clear();
  }

  /** From now on a program fails there; what runs of the revision that it shall run ends. */
  void fail(String program, Failure failure) {
    failures.put(program, failure);
  }

  void heal(String program) {
    failures.remove(program);
  }

  /**
   * Makes what runs of a program what shall run.
   *
   * @param uid of the program
   * @param revisions all of it, none once it is deleted
   * @param now RFC 3339
   * @return name of the artifact that it had to fetch for that
   */
  Optional<String> obey(String uid, Collection<StoredRevision> revisions, String now) {
    Optional<Choice> choice =
        Membership.of(revisions, name, labels, List.of(KernelIdentity.of(profile, null)))
            .run()
            .stream()
            .findFirst();
    if (choice.isEmpty()) {
      programs.remove(uid);
      return Optional.empty();
    }
    programs.compute(uid, (key, before) -> next(uid, before, choice.get(), now));
    return choice.map(Choice::artifact).filter(fetched::add);
  }

  private NodeProgram next(String uid, @Nullable NodeProgram before, Choice choice, String now) {
    String program = choice.revision().reading().program().name();
    long revision = choice.revision().number();
    Running running = before == null ? null : before.running();
    boolean runs =
        running != null
            && running.revision() == revision
            && running.artifact().equals(choice.artifact());
    Failure failure = failures.get(program);
    if (failure != null) {
      return new NodeProgram(
          program,
          uid,
          runs ? null : running,
          new Target(
              revision, choice.artifact(), State.FAILED, failure.reason(), failure.message()));
    }
    return runs
        ? new NodeProgram(program, uid, running, null)
        : new NodeProgram(
            program, uid, new Running(revision, choice.artifact(), now, null, null), null);
  }

  /** What its agent says. */
  WhistlerNodeStatus status(String since) {
    return new WhistlerNodeStatus(
        kernel.release(),
        kernel.content().architecture(),
        "%s-boot-%d".formatted(name, boots),
        "simulated",
        profile,
        WhistlerNodeStatus.Kernel.of(profile, null),
        List.of(),
        programs.values().stream().sorted(Comparator.comparing(NodeProgram::name)).toList(),
        List.of(
            new ResourceCondition(
                "Ready",
                ResourceCondition.Status.TRUE,
                "AgentReady",
                "The agent can run programs.",
                0,
                since)));
  }
}
