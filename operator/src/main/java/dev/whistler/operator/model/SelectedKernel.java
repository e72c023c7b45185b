package dev.whistler.operator.model;

import dev.whistler.crds.TypesPieces;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A kernel that some selected nodes have.
 *
 * @param identity by which artifacts are bound
 * @param profile name of its profile
 * @param types of which pieces its types are made, if it has any
 * @param releases releases that these nodes state, sorted; one profile may stand for several
 * @param nodes how many selected nodes have it
 */
public record SelectedKernel(
    String identity,
    String profile,
    Optional<TypesPieces> types,
    List<String> releases,
    int nodes) {
  public SelectedKernel {
    releases = List.copyOf(releases);
  }

  /** The distinct kernels of nodes, by identity. */
  public static List<SelectedKernel> of(Collection<ClusterNode> nodes) {
    Map<String, Kernel> kernels = new TreeMap<>();
    Map<String, Set<String>> releases = new TreeMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (ClusterNode node : nodes) {
      node.kernel()
          .ifPresent(
              kernel -> {
                kernels.put(kernel.identity(), kernel);
                releases
                    .computeIfAbsent(kernel.identity(), key -> new TreeSet<>())
                    .add(node.release());
                counts.merge(kernel.identity(), 1, Integer::sum);
              });
    }
    return kernels.values().stream()
        .map(
            kernel ->
                new SelectedKernel(
                    kernel.identity(),
                    kernel.profile(),
                    Optional.ofNullable(kernel.pieces()),
                    List.copyOf(releases.getOrDefault(kernel.identity(), Set.of())),
                    counts.getOrDefault(kernel.identity(), 0)))
        .toList();
  }
}
