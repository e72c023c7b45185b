package dev.whistler.agent.work;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whistler.agent.work.Loader.Pinned;
import dev.whistler.crds.WhistlerRevisionSpec;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The form in which an assignment is pinned beside its program: by it the next agent knows what it
 * found, and where its records go, before the API server answers.
 *
 * @param spec the revision
 * @param artifact name of the WhistlerArtifact
 * @param mapBytes kernel memory that its maps may take
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record PinnedNote(@Nullable WhistlerRevisionSpec spec, @Nullable String artifact, long mapBytes) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static byte[] of(Assignment assignment, long mapBytes) {
    try {
      return JSON.writeValueAsBytes(
          new PinnedNote(assignment.spec(), assignment.artifact(), mapBytes));
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
      WhistlerRevisionSpec spec = read.spec();
      String artifact = read.artifact();
      if (spec == null
          || spec.program() == null
          || !uid.equals(spec.program().uid())
          || artifact == null) {
        return Optional.empty();
      }
      return Optional.of(new Pinned(new Assignment(spec, artifact), read.mapBytes()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
