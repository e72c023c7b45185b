package dev.whistler.operator.model;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a node with an agent.
 *
 * @param name the node's name
 * @param labels labels of the Kubernetes Node
 * @param kernel its kernel, once its agent has said so
 * @param release release of its kernel, for people; {@code unknown} when not said
 * @param programs what its agent says of programs, by their UIDs
 * @param obstacle why, as its agent says, it can run no programs, or none that are new
 * @param liveness whether its agent still speaks
 */
public record ClusterNode(
    String name,
    Map<String, String> labels,
    Optional<Kernel> kernel,
    String release,
    Map<String, NodeProgram> programs,
    Optional<Trouble> obstacle,
    Liveness liveness) {
  /** Conditions of a WhistlerNode that must not be False, the one that says more first. */
  private static final List<String> NEEDED = List.of("Ready", "ProfileAccepted");

  public ClusterNode {
    labels = Map.copyOf(labels);
    programs = Map.copyOf(programs);
  }

  /** From the agent's report, the labels of the Kubernetes Node and the agent's Lease. */
  public static ClusterNode of(WhistlerNode node, Map<String, String> labels, Liveness liveness) {
    WhistlerNodeStatus status = node.getStatus();
    String name = node.getMetadata().getName();
    if (status == null) {
      return new ClusterNode(
          name, labels, Optional.empty(), "unknown", Map.of(), Optional.empty(), liveness);
    }
    return new ClusterNode(
        name,
        labels,
        status.kernelStated(),
        Optional.ofNullable(status.kernelRelease()).orElse("unknown"),
        byUid(status.programs()),
        obstacle(status),
        liveness);
  }

  private static Optional<Trouble> obstacle(WhistlerNodeStatus status) {
    return status.conditions().stream()
        .filter(condition -> condition.status() == Status.FALSE)
        .filter(condition -> NEEDED.contains(condition.type()))
        .min(Comparator.comparing(condition -> NEEDED.indexOf(condition.type())))
        .map(ClusterNode::trouble);
  }

  private static Trouble trouble(ResourceCondition condition) {
    return new Trouble(condition.reasonOr(NodeReason.KERNEL_UNUSABLE), condition.message());
  }

  /** Reports by UID; of two on one program, which no agent of ours makes, the first. */
  private static Map<String, NodeProgram> byUid(Collection<NodeProgram> said) {
    Map<String, NodeProgram> programs = HashMap.newHashMap(said.size());
    said.forEach(program -> programs.putIfAbsent(program.uid(), program));
    return programs;
  }

  /** The same node, had its agent said this of programs. */
  public ClusterNode withPrograms(Collection<NodeProgram> said) {
    return new ClusterNode(name, labels, kernel, release, byUid(said), obstacle, liveness);
  }

  /** The same node, had it that kernel. */
  public ClusterNode withKernel(Optional<Kernel> other) {
    return new ClusterNode(name, labels, other, release, programs, obstacle, liveness);
  }

  /** What its agent said, of a node with these labels and an agent of that liveness. */
  public ClusterNode with(Map<String, String> otherLabels, Liveness otherLiveness) {
    return new ClusterNode(name, otherLabels, kernel, release, programs, obstacle, otherLiveness);
  }

  /** Name of its kernel's profile. */
  public Optional<String> profile() {
    return kernel.map(Kernel::profile);
  }

  /** Identity of its kernel, by which artifacts are bound. */
  public Optional<String> identity() {
    return kernel.map(Kernel::identity);
  }

  /** What the node says of one program. */
  public Optional<NodeProgram> program(String uid) {
    return Optional.ofNullable(programs.get(uid));
  }

  /** The revision of one program that runs there, as far as the agent said. */
  public Optional<WhistlerNodeStatus.Running> running(String uid) {
    return program(uid).map(NodeProgram::running);
  }

  /**
   * Whether a program that is deleted may go on in the node's kernel: the agent says that it has
   * it, or cannot say that it has not.
   *
   * @param selected whether the program was to run there
   */
  public boolean mayHold(String uid, boolean selected) {
    boolean cannotSay =
        liveness == Liveness.SILENT
            || obstacle.filter(it -> !it.reason().equals(NodeReason.PROFILE_DENIED)).isPresent();
    return program(uid).isPresent() || (selected && cannotSay);
  }
}
