package dev.whistler.operator.rollout;

import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.operator.model.StoredArtifact;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which artifact each kernel gets. What was bound before stays: a new version of the compiler alone
 * changes nothing. It gives way to today's artifact where it is not there any more or cannot be
 * what was bound, which only somebody else can have written.
 *
 * <p>A status holds so many kernels and no more. Who has a place keeps it from one revision to the
 * next, whichever compiles first: a node that lost its place would go on with an older revision,
 * and that one with it, for good.
 *
 * @param built today's artifacts by kernel identity, of the selected kernels for which the newest
 *     spec compiles
 * @param pending identities of the selected kernels of which it is not known yet
 * @param stored the artifacts that the API server holds, by name
 * @param forgotten whether no node has reported a kernel for so long that it need not be bound
 */
public record Bindings(
    Map<String, StoredArtifact> built,
    Set<String> pending,
    Map<String, StoredArtifact> stored,
    Predicate<String> forgotten) {
  public Bindings {
    built = Map.copyOf(built);
    pending = Set.copyOf(pending);
    stored = Map.copyOf(stored);
  }

  /**
   * The bindings of the target.
   *
   * @param before as they stand in the target's status
   * @param older kernels that each older revision binds, of those that somebody may still run, the
   *     newest first
   */
  SortedMap<String, Binding> bind(Map<String, Binding> before, List<Set<String>> older) {
    SortedMap<String, Binding> bound = new TreeMap<>();
    remembered(before).forEach((kernel, binding) -> bound.put(kernel, kept(kernel, binding)));
    built.forEach((kernel, today) -> bound.putIfAbsent(kernel, Binding.to(today.name())));
    if (bound.size() + pending.size() > WhistlerRevisionStatus.MAX_KERNELS) {
      bound.keySet().retainAll(placed(bound.keySet(), before.keySet(), older));
    }
    return bound;
  }

  /** Without the kernels that no node has reported for long. */
  SortedMap<String, Binding> remembered(Map<String, Binding> before) {
    SortedMap<String, Binding> remembered = new TreeMap<>(before);
    remembered.keySet().removeIf(kernel -> forgotten.test(kernel) && !built.containsKey(kernel));
    return remembered;
  }

  private Binding kept(String kernel, Binding binding) {
    @Nullable StoredArtifact today = built.get(kernel);
    @Nullable StoredArtifact bound = stored.get(binding.artifact());
    if (today == null) {
      // It cannot be made again here; an agent that runs it goes on as long as it is bound.
      return binding;
    }
    boolean right =
        bound != null
            && bound.programUid().equals(today.programUid())
            && bound.sourceDigest().equals(today.sourceDigest())
            && !isOfAnother(bound, today);
    return right ? binding : Binding.to(today.name());
  }

  /** Whether an artifact was made for other answers than this kernel's: those of another one. */
  private boolean isOfAnother(StoredArtifact bound, StoredArtifact today) {
    return !bound.answersDigest().equals(today.answersDigest())
        && built.values().stream()
            .anyMatch(other -> other.answersDigest().equals(bound.answersDigest()));
  }

  /**
   * Those with a place, among as many as a status holds: the selected kernels first, of these who
   * has a place in the target, then who had one in a revision before. A kernel that had one is
   * waited for.
   */
  private Set<String> placed(Set<String> bound, Set<String> before, List<Set<String>> older) {
    Map<String, Integer> ages = new HashMap<>();
    for (int age = 0; age < older.size(); age++) {
      for (String kernel : older.get(age)) {
        ages.putIfAbsent(kernel, age);
      }
    }
    return Stream.concat(
            bound.stream(),
            pending.stream().filter(ages::containsKey).filter(kernel -> !bound.contains(kernel)))
        .sorted(
            Comparator.<String, Boolean>comparing(kernel -> !isSelected(kernel))
                .thenComparing(kernel -> !before.contains(kernel))
                .thenComparing(kernel -> ages.getOrDefault(kernel, older.size()))
                .thenComparing(Comparator.naturalOrder()))
        .limit(WhistlerRevisionStatus.MAX_KERNELS)
        .collect(Collectors.toSet());
  }

  private boolean isSelected(String kernel) {
    return built.containsKey(kernel) || pending.contains(kernel);
  }
}
