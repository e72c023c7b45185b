package dev.whistler.operator.model;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A kernel that some selected nodes have.
 *
 * @param profile name of its profile
 * @param releases releases that these nodes state, sorted; one profile may stand for several
 * @param nodes how many selected nodes have it
 */
public record SelectedKernel(String profile, List<String> releases, int nodes) {
  public SelectedKernel {
    releases = List.copyOf(releases);
  }

  /** The distinct kernels of nodes, by name of the profile. */
  public static List<SelectedKernel> of(Collection<ClusterNode> nodes) {
    Map<String, Set<String>> releases = new TreeMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (ClusterNode node : nodes) {
      node.profile()
          .ifPresent(
              profile -> {
                releases.computeIfAbsent(profile, key -> new TreeSet<>()).add(node.release());
                counts.merge(profile, 1, Integer::sum);
              });
    }
    return releases.entrySet().stream()
        .map(
            entry ->
                new SelectedKernel(
                    entry.getKey(),
                    List.copyOf(entry.getValue()),
                    counts.getOrDefault(entry.getKey(), 0)))
        .toList();
  }
}
