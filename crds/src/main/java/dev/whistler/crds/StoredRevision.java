package dev.whistler.crds;

import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A revision that the API server holds, as a reader understands it.
 *
 * @param reading what it is
 * @param status how far it is, as the operator wrote it; null when it has not yet
 * @param deleted whether it is being deleted
 */
public record StoredRevision(
    RevisionReading reading, @Nullable WhistlerRevisionStatus status, boolean deleted) {
  /** By number, the highest first. */
  public static final Comparator<StoredRevision> NEWEST_FIRST =
      Comparator.comparingLong(StoredRevision::number).reversed();

  /**
   * Of a resource.
   *
   * @param known what the reader understands, of {@link RevisionFeature}
   */
  public static StoredRevision of(WhistlerRevision revision, Set<String> known) {
    return of(revision, RevisionReading.of(revision, known));
  }

  /** Of a resource that was read. */
  static StoredRevision of(WhistlerRevision revision, RevisionReading reading) {
    return new StoredRevision(
        reading, revision.getStatus(), revision.getMetadata().getDeletionTimestamp() != null);
  }

  /** Its number. */
  public long number() {
    return reading.revision();
  }

  /** What agents do with it; one that is being deleted is left alone. */
  public Phase phase() {
    @Nullable Phase phase = deleted || status == null ? null : status.phase();
    return phase == null ? Phase.PENDING : phase;
  }

  /** The artifacts by kernel identity. */
  public Map<String, Binding> bindings() {
    return status == null ? Map.of() : status.bound();
  }

  /** The same revision, had the operator said this of it. */
  public StoredRevision withStatus(WhistlerRevisionStatus other) {
    return new StoredRevision(reading, other, deleted);
  }
}
