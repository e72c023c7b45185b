package dev.whistler.operator.model;

import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import java.util.Optional;

/**
 * What is known of an artifact that the API server holds, without its object.
 *
 * @param name its name
 * @param programUid UID of its program
 * @param sourceDigest of the text that it was compiled from
 * @param answersDigest of what the kernel answered
 * @param instructions of all programs together
 * @param buildDigest of all that it depends on but the kernel; artifacts of older versions have
 *     none
 * @param trace what was asked about the kernel, as it is stored
 */
public record StoredArtifact(
    String name,
    String programUid,
    String sourceDigest,
    String answersDigest,
    int instructions,
    Optional<String> buildDigest,
    Optional<String> trace) {
  /** Of a resource, whose object may be missing. */
  public static StoredArtifact of(WhistlerArtifact artifact) {
    WhistlerArtifactSpec spec = artifact.getSpec();
    return new StoredArtifact(
        artifact.getMetadata().getName(),
        spec.programUid(),
        spec.sourceDigest(),
        spec.answersDigest(),
        spec.programs().stream().mapToInt(WhistlerArtifactSpec.ProgramSize::instructions).sum(),
        Optional.ofNullable(spec.buildDigest()),
        Optional.ofNullable(spec.trace()));
  }
}
