package dev.whistler.operator.rollout;

import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.operator.model.StoredArtifact;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which artifact each kernel gets. What was bound before stays: a new version of the compiler alone
 * changes nothing. It gives way to today's artifact where it is not there any more or cannot be
 * what was bound, which only somebody else can have written.
 *
 * @param built today's artifacts by kernel identity, of the selected kernels for which the newest
 *     spec compiles
 * @param stored the artifacts that the API server holds, by name
 * @param forgotten whether no node has reported a kernel for so long that it need not be bound
 */
public record Bindings(
    Map<String, StoredArtifact> built,
    Map<String, StoredArtifact> stored,
    Predicate<String> forgotten) {
  public Bindings {
    built = Map.copyOf(built);
    stored = Map.copyOf(stored);
  }

  /**
   * The bindings of the target.
   *
   * @param before as they stand in the target's status
   */
  SortedMap<String, Binding> bind(Map<String, Binding> before) {
    Map<String, Binding> bound = new LinkedHashMap<>();
    remembered(before).forEach((kernel, binding) -> bound.put(kernel, kept(kernel, binding)));
    built.forEach((kernel, today) -> bound.putIfAbsent(kernel, Binding.to(today.name())));
    return bounded(bound, before);
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

  /** At most as many as a status holds: the selected kernels first, and what was there before. */
  private SortedMap<String, Binding> bounded(
      Map<String, Binding> bound, Map<String, Binding> before) {
    SortedMap<String, Binding> bounded = new TreeMap<>();
    bound.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Binding>, Boolean>comparing(
                    entry -> !built.containsKey(entry.getKey()))
                .thenComparing(entry -> !before.containsKey(entry.getKey()))
                .thenComparing(Map.Entry::getKey))
        .limit(WhistlerRevisionStatus.MAX_KERNELS)
        .forEach(entry -> bounded.put(entry.getKey(), entry.getValue()));
    return bounded;
  }
}
