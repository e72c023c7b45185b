package dev.whistler.operator.model;

import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;

/**
 * What is known of an artifact that the API server holds, without its object.
 *
 * @param name its name
 * @param programUid UID of its program
 * @param sourceDigest of the text that it was compiled from
 * @param answersDigest of what the kernel answered
 * @param instructions of all programs together
 */
public record StoredArtifact(
    String name, String programUid, String sourceDigest, String answersDigest, int instructions) {
  /** Of a resource, whose object may be missing. */
  public static StoredArtifact of(WhistlerArtifact artifact) {
    WhistlerArtifactSpec spec = artifact.getSpec();
    return new StoredArtifact(
        artifact.getMetadata().getName(),
        spec.programUid(),
        spec.sourceDigest(),
        spec.answersDigest(),
        spec.programs().stream().mapToInt(WhistlerArtifactSpec.ProgramSize::instructions).sum());
  }
}
