package dev.whistler.operator.build;

import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.crds.Digest;
import dev.whistler.crds.Gzip;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerArtifactSpec.ProgramSize;
import dev.whistler.operator.model.StoredArtifact;
import java.util.Base64;
import java.util.List;

/**
 * A compiled object, ready to be stored.
 *
 * @param architecture {@code x86-64} or {@code arm64}
 * @param answersDigest digest of what the compiler asked and was told
 * @param objectDigest digest of the object file
 * @param gzip the object file, compressed
 * @param programs size of each program
 */
public record BuiltObject(
    String architecture,
    String answersDigest,
    String objectDigest,
    byte[] gzip,
    List<ProgramSize> programs) {
  public BuiltObject {
    programs = List.copyOf(programs);
  }

  static BuiltObject of(CompiledObject object, String architecture, String answersDigest) {
    return new BuiltObject(
        architecture,
        answersDigest,
        Digest.of(object.elf()).hex(),
        Gzip.compress(object.elf()),
        object.programs().stream()
            .map(
                program ->
                    new ProgramSize(program.name(), program.instructions(), program.stackBytes()))
            .toList());
  }

  /** Whether a WhistlerArtifact holds it. */
  boolean fits() {
    return gzip.length <= WhistlerArtifactSpec.MAX_GZIP_BYTES;
  }

  /** Instructions of all programs together. */
  public int instructions() {
    return programs.stream().mapToInt(ProgramSize::instructions).sum();
  }

  /** What will be known of that artifact. */
  public StoredArtifact described(String programUid, String sourceDigest) {
    return new StoredArtifact(
        WhistlerArtifactSpec.nameOf(programUid, sourceDigest, objectDigest),
        programUid,
        sourceDigest,
        answersDigest,
        instructions());
  }

  /** The artifact that holds this object for a program; it is not signed yet. */
  public WhistlerArtifactSpec artifact(String programUid, String sourceDigest) {
    return new WhistlerArtifactSpec(
        programUid,
        sourceDigest,
        architecture,
        answersDigest,
        objectDigest,
        Base64.getEncoder().encodeToString(gzip),
        programs,
        null);
  }
}
