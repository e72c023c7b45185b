package dev.whistler.crds;

import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads revisions, each once: what a revision says never changes, but its status does, and whoever
 * acts on changes would read all of a program's revisions at each. Remembers the last two thousand.
 * Safe for use by several threads.
 */
public final class RevisionReadings {
  /** Four hundred programs with as many revisions as are kept. */
  static final int REMEMBERED = 2_048;

  /**
   * @param name of the object: a reading depends on it
   */
  private record Read(String name, WhistlerRevisionSpec spec, RevisionReading reading) {}

  private final Set<String> known;
  private final LinkedHashMap<String, Read> byUid = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Nothing read yet.
   *
   * @param known what the reader understands, of {@link RevisionFeature}
   */
  public RevisionReadings(Set<String> known) {
    this.known = Set.copyOf(known);
  }

  /** What {@link StoredRevision#of} makes of a resource. */
  public StoredRevision of(WhistlerRevision revision) {
    return StoredRevision.of(revision, reading(revision));
  }

  private RevisionReading reading(WhistlerRevision revision) {
    @Nullable String uid = revision.getMetadata().getUid();
    String name = revision.getMetadata().getName();
    WhistlerRevisionSpec spec = revision.getSpec();
    synchronized (byUid) {
      @Nullable Read read = uid == null ? null : byUid.get(uid);
      // Whoever serves a revision may lie about its UID, which is not what it is read by.
      if (read != null && read.name.equals(name) && read.spec.equals(spec)) {
        return read.reading;
      }
    }
    RevisionReading reading = RevisionReading.of(revision, known);
    if (uid != null) {
      synchronized (byUid) {
        byUid.put(uid, new Read(name, spec, reading));
        if (byUid.size() > REMEMBERED) {
          byUid.remove(byUid.firstEntry().getKey());
        }
      }
    }
    return reading;
  }

  /** How many are remembered. */
  int size() {
    synchronized (byUid) {
      return byUid.size();
    }
  }
}
