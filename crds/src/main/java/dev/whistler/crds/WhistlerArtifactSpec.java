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
        @Nullable String signature) {

  /** Most bytes of a compressed object. */
  public static final int MAX_GZIP_BYTES = 1 << 20;

  /** Most bytes of an object file; what an agent decompresses at most. */
  public static final int MAX_OBJECT_BYTES = 16 << 20;

  private static final int MAX_OBJECT_BASE64 = (MAX_GZIP_BYTES + 2) / 3 * 4;

  public WhistlerArtifactSpec {
    programs = Absent.list(programs);
  }

  /**
   * The name of an artifact.
   *
   * @param programUid UID of the program
   * @param sourceDigest SHA-256 of the program's text
   * @param objectDigest SHA-256 of the object file
   */
  public static String nameOf(String programUid, String sourceDigest, String objectDigest) {
    return Digest.ofText(programUid + "\n" + sourceDigest + "\n" + objectDigest).name();
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
