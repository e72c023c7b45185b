package dev.whistler.agent.work;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whistler.agent.work.Loader.Pinned;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.WhistlerRevisionSpec;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The form in which an assignment is pinned beside its program: by it the next agent knows what it
 * found, and where its records go, before the API server answers.
 *
 * @param payload the revision
 * @param spec the revision, as agents pinned it before revisions had payloads
 * @param artifact name of the WhistlerArtifact
 * @param mapBytes kernel memory that its maps may take
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record PinnedNote(
    @Nullable RevisionPayload payload,
    @Nullable WhistlerRevisionSpec spec,
    @Nullable String artifact,
    long mapBytes) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static byte[] of(RevisionPayload payload, String artifact, long mapBytes) {
    try {
      return JSON.writeValueAsBytes(new PinnedNote(payload, null, artifact, mapBytes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a resource has a JSON form", e);
    }
  }

  /**
   * @param uid of the program beside which it was pinned
   * @return empty if it is no such note, or one of another program
   */
  static Optional<Pinned> read(byte[] note, String uid) {
    try {
      @Nullable PinnedNote read = JSON.readValue(note, PinnedNote.class);
      if (read == null) {
        return Optional.empty();
      }
      RevisionPayload payload = read.pinned();
      String artifact = read.artifact();
      if (payload == null || !uid.equals(payload.program().uid()) || artifact == null) {
        return Optional.empty();
      }
      return Optional.of(new Pinned(Assignment.of(payload, artifact), read.mapBytes()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private @Nullable RevisionPayload pinned() {
    if (payload != null) {
      return payload.program() == null ? null : payload;
    }
    return spec == null || spec.program() == null ? null : spec.formerPayload();
  }
}
