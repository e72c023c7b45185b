package dev.whistler.operator.rollout;

import dev.whistler.crds.WhistlerRevisionStatus;
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
 * @param built today's artifacts by name of the profile, of the selected kernels for which the
 *     newest spec compiles
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
   * @param before artifact by profile, as they stand in the target's status
   */
  SortedMap<String, String> bind(Map<String, String> before) {
    Map<String, String> bound = new LinkedHashMap<>();
    remembered(before).forEach((profile, artifact) -> bound.put(profile, kept(profile, artifact)));
    built.forEach((profile, today) -> bound.putIfAbsent(profile, today.name()));
    return bounded(bound, before);
  }

  /** Without the kernels that no node has reported for long. */
  SortedMap<String, String> remembered(Map<String, String> before) {
    SortedMap<String, String> remembered = new TreeMap<>(before);
    remembered.keySet().removeIf(profile -> forgotten.test(profile) && !built.containsKey(profile));
    return remembered;
  }

  private String kept(String profile, String artifact) {
    @Nullable StoredArtifact today = built.get(profile);
    @Nullable StoredArtifact bound = stored.get(artifact);
    if (today == null) {
      // It cannot be made again here; an agent that runs it goes on as long as it is bound.
      return artifact;
    }
    boolean right =
        bound != null
            && bound.programUid().equals(today.programUid())
            && bound.sourceDigest().equals(today.sourceDigest())
            && !isOfAnother(bound, today);
    return right ? artifact : today.name();
  }

  /** Whether an artifact was made for other answers than this kernel's: those of another one. */
  private boolean isOfAnother(StoredArtifact bound, StoredArtifact today) {
    return !bound.answersDigest().equals(today.answersDigest())
        && built.values().stream()
            .anyMatch(other -> other.answersDigest().equals(bound.answersDigest()));
  }

  /** At most as many as a status holds: the selected kernels first, and what was there before. */
  private SortedMap<String, String> bounded(Map<String, String> bound, Map<String, String> before) {
    SortedMap<String, String> bounded = new TreeMap<>();
    bound.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, String>, Boolean>comparing(
                    entry -> !built.containsKey(entry.getKey()))
                .thenComparing(entry -> !before.containsKey(entry.getKey()))
                .thenComparing(Map.Entry::getKey))
        .limit(WhistlerRevisionStatus.MAX_KERNELS)
        .forEach(entry -> bounded.put(entry.getKey(), entry.getValue()));
    return bounded;
  }
}
