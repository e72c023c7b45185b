package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A compiled object. Immutable; labels and names are not trusted, only this is. */
@ResourceValue
@ValidationRule(value = "self == oldSelf", message = "an artifact never changes; write a new one")
public record WhistlerArtifactSpec(
    @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of the WhistlerProgram.")
        String programUid,
    @Required @Pattern("^[0-9a-f]{64}$") @JsonPropertyDescription("SHA-256 of the program's text.")
        String sourceDigest,
    @Required
        @Pattern("^(x86-64|arm64)$")
        @JsonPropertyDescription("Architecture of the code's target.")
        String architecture,
    @Required
        @Pattern("^[0-9a-f]{64}$")
        @JsonPropertyDescription(
            "SHA-256 of what the compiler asked about the kernel and was told.")
        String answersDigest,
    @Required @Pattern("^[0-9a-f]{64}$") @JsonPropertyDescription("SHA-256 of the object file.")
        String objectDigest,
    @Required
        @Size(min = 1, max = MAX_OBJECT_BASE64)
        @JsonPropertyDescription("The object file, gzip and base64; at most 1 MiB of gzip.")
        String object,
    @Size(max = 64) @JsonPropertyDescription("Size of each program.") List<ProgramSize> programs,
    @Size(max = 128) @JsonPropertyDescription("Ed25519 signature of the operator, base64.")
        @Nullable String signature,
    @Pattern("^[0-9a-f]{64}$")
        @JsonPropertyDescription(
            "SHA-256 of all that the object depends on but the kernel: the program's name and text,"
                + " tier and knobs. Missing in artifacts of older versions.")
        @Nullable String buildDigest,
    @Size(max = MAX_TRACE_BASE64)
        @JsonPropertyDescription(
            "What the compiler asked about the kernel, a line for each question with the SHA-256 of"
                + " the answer; gzip and base64. Missing if there was too much of it.")
        @Nullable String trace,
    @Size(max = MAX_WARNINGS) @JsonPropertyDescription("What the compiler remarked.")
        List<Warning> warnings) {

  /** Most bytes of a compressed object. */
  public static final int MAX_GZIP_BYTES = 1 << 20;

  /** Most bytes of an object file; what an agent decompresses at most. */
  public static final int MAX_OBJECT_BYTES = 16 << 20;

  /** Most characters of a trace as it is stored. */
  public static final int MAX_TRACE_BASE64 = 64 * 1024;

  /** Most warnings: as many as the compiler gives. */
  public static final int MAX_WARNINGS = 50;

  private static final int MAX_OBJECT_BASE64 = (MAX_GZIP_BYTES + 2) / 3 * 4;

  public WhistlerArtifactSpec {
    programs = Absent.list(programs);
    warnings = Absent.list(warnings);
  }

  /**
   * The name of an artifact with this spec. The program's UID is part of it, so that a program that
   * is created anew never contends with its predecessor for an artifact that is being collected.
   */
  public String name() {
    return buildDigest == null
        ? nameOf(programUid, sourceDigest, objectDigest)
        : nameOf(programUid, buildDigest, answersDigest, objectDigest);
  }

  /**
   * The name of an artifact.
   *
   * @param digests the program's UID, then digests: of the build, of the kernel's answers, of the
   *     object file; in older versions of the program's text and of the object file
   */
  public static String nameOf(String... digests) {
    return Digest.ofText(String.join("\n", digests)).name();
  }

  /**
   * A warning of the compiler.
   *
   * @param code stable code such as {@code W-SIGN}
   * @param line from 1
   * @param column from 1
   * @param message one sentence
   * @param hint what to do
   */
  @ResourceValue
  public record Warning(
      @Required @Size(min = 1, max = 32) @JsonPropertyDescription("Stable code.") String code,
      @Min(1) @JsonPropertyDescription("Line, from 1.") int line,
      @Min(1) @JsonPropertyDescription("Column, from 1.") int column,
      @Required @Size(max = MAX_TEXT) @JsonPropertyDescription("One sentence.") String message,
      @Size(max = MAX_TEXT) @JsonPropertyDescription("What to do.") @Nullable String hint) {
    /** Most characters of a sentence. */
    public static final int MAX_TEXT = 1024;
  }

  /**
   * The size of a program.
   *
   * @param name its name in the source
   * @param instructions instruction slots
   * @param stackBytes bytes of stack
   */
  @ResourceValue
  public record ProgramSize(
      @Required @Size(min = 1, max = 128) @JsonPropertyDescription("Name in the source.")
          String name,
      @Min(0) @JsonPropertyDescription("Instruction slots.") int instructions,
      @Min(0) @JsonPropertyDescription("Bytes of stack.") int stackBytes) {}
}
