package dev.whistler.operator.status;

import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.ProgramIdentity;
import dev.whistler.operator.model.Refusal;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.rollout.RolloutPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a program's status is computed from.
 *
 * @param program which program
 * @param refusal why its spec is not looked at at all
 * @param nodes the selected nodes, by name
 * @param kernels their kernels
 * @param builds outcome by kernel identity; empty if refused
 * @param plan what revisions there shall be
 * @param artifacts name of the artifact of the target revision by kernel identity
 * @param stored what is known of the program's artifacts, by name
 * @param previous the status that stands in the resource
 */
public record Observation(
    ProgramIdentity program,
    Optional<Refusal> refusal,
    List<ClusterNode> nodes,
    List<SelectedKernel> kernels,
    Map<String, BuildOutcome> builds,
    RolloutPlan plan,
    Map<String, String> artifacts,
    Map<String, StoredArtifact> stored,
    @Nullable WhistlerProgramStatus previous) {
  public Observation {
    nodes = List.copyOf(nodes);
    kernels = List.copyOf(kernels);
    builds = Map.copyOf(builds);
    artifacts = Map.copyOf(artifacts);
    stored = Map.copyOf(stored);
  }
}
