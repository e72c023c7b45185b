package dev.whistler.operator.build;

import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.crds.Digest;
import dev.whistler.crds.Gzip;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerArtifactSpec.ProgramSize;
import dev.whistler.crds.WhistlerArtifactSpec.Warning;
import dev.whistler.operator.model.StoredArtifact;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A compiled object, ready to be stored.
 *
 * @param architecture {@code x86-64} or {@code arm64}
 * @param answersDigest digest of what the compiler asked and was told
 * @param objectDigest digest of the object file
 * @param gzip the object file, compressed
 * @param programs size of each program
 * @param buildDigest of what it depends on apart from the kernel
 * @param trace what was asked, as it is stored; null if that is too much
 * @param warnings what the compiler remarked, as it is stored
 */
public record BuiltObject(
    String architecture,
    String answersDigest,
    String objectDigest,
    byte[] gzip,
    List<ProgramSize> programs,
    String buildDigest,
    @Nullable String trace,
    List<Warning> warnings) {
  public BuiltObject {
    programs = List.copyOf(programs);
    warnings = List.copyOf(warnings);
  }

  static BuiltObject of(
      CompiledObject object,
      List<Diagnostic> diagnostics,
      String architecture,
      SourceUnit unit,
      Trace trace) {
    return new BuiltObject(
        architecture,
        trace.digest(),
        Digest.of(object.elf()).hex(),
        Gzip.compress(object.elf()),
        object.programs().stream()
            .map(
                program ->
                    new ProgramSize(program.name(), program.instructions(), program.stackBytes()))
            .toList(),
        unit.digest(),
        StoredBuild.written(trace).orElse(null),
        StoredBuild.written(diagnostics));
  }

  /**
   * The object in an artifact that was found to be genuine.
   *
   * @param gzip the object file, compressed
   */
  static BuiltObject stored(WhistlerArtifactSpec artifact, byte[] gzip) {
    return new BuiltObject(
        artifact.architecture(),
        artifact.answersDigest(),
        artifact.objectDigest(),
        gzip,
        artifact.programs(),
        Objects.requireNonNull(artifact.buildDigest(), "it was found to have one"),
        artifact.trace(),
        artifact.warnings());
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
        WhistlerArtifactSpec.nameOf(programUid, buildDigest, answersDigest, objectDigest),
        programUid,
        sourceDigest,
        answersDigest,
        instructions(),
        Optional.of(buildDigest),
        Optional.ofNullable(trace));
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
        null,
        buildDigest,
        trace,
        warnings);
  }
}
