package dev.whistler.operator.model;

import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a node with an agent.
 *
 * @param name the node's name
 * @param labels labels of the Kubernetes Node; empty when there is none of that name
 * @param profile name of its kernel's profile, once its agent has said so
 * @param release release of its kernel, for people; {@code unknown} when not said
 * @param programs what its agent says that it runs
 */
public record ClusterNode(
    String name,
    Map<String, String> labels,
    Optional<String> profile,
    String release,
    List<NodeProgram> programs) {
  public ClusterNode {
    labels = Map.copyOf(labels);
    programs = List.copyOf(programs);
  }

  /** From the agent's report and the labels of the Kubernetes Node. */
  public static ClusterNode of(WhistlerNode node, Map<String, String> labels) {
    WhistlerNodeStatus status = node.getStatus();
    String name = node.getMetadata().getName();
    if (status == null) {
      return new ClusterNode(name, labels, Optional.empty(), "unknown", List.of());
    }
    return new ClusterNode(
        name,
        labels,
        Optional.ofNullable(status.profile()),
        Optional.ofNullable(status.kernelRelease()).orElse("unknown"),
        status.programs());
  }

  /** What the node says of one program. */
  public Optional<NodeProgram> program(String uid) {
    return programs.stream().filter(program -> program.uid().equals(uid)).findFirst();
  }
}
