package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A piece of a kernel's BTF. Immutable.
 *
 * @param part which of the two parts
 * @param profile name of the {@link KernelProfile} it belongs to
 * @param index number of this piece, from 0
 * @param count number of pieces of this part
 * @param partDigest SHA-256 of the whole part, uncompressed
 * @param digest SHA-256 of {@code content} before base64
 * @param content at most 700 KiB of the gzip of the part, base64
 */
@ResourceValue
@ValidationRule(value = "self == oldSelf", message = "a piece never changes; write a new one")
@ValidationRule(value = "self.index < self.count", message = "index counts from 0 up to count")
public record KernelTypesSpec(
    @Required @JsonPropertyDescription("Which part of the BTF.") Part part,
    @Required
        @Pattern("^[0-9a-f]{40}$")
        @JsonPropertyDescription("Name of the KernelProfile it belongs to.")
        String profile,
    @Required @Min(0) @Max(63) @JsonPropertyDescription("Number of this piece, from 0.") int index,
    @Required @Min(1) @Max(64) @JsonPropertyDescription("Number of pieces of this part.") int count,
    @Required
        @Pattern("^[0-9a-f]{64}$")
        @JsonPropertyDescription("SHA-256 of the whole part, uncompressed.")
        String partDigest,
    @Required
        @Pattern("^[0-9a-f]{64}$")
        @Size(min = 64, max = 64)
        @JsonPropertyDescription("SHA-256 of this piece, before base64.")
        String digest,
    @Required
        @Size(min = 1, max = MAX_BASE64)
        @JsonPropertyDescription("A piece of the gzip of the part, base64.")
        String content) {

  /** Most bytes of a piece. */
  public static final int MAX_PIECE_BYTES = 700 * 1024;

  private static final int MAX_BASE64 = (MAX_PIECE_BYTES + 2) / 3 * 4;

  /** The two parts of a kernel's BTF. */
  public enum Part {
    /** Types without functions, but with the parameters of tracepoints and LSM hooks. */
    @JsonProperty("Types")
    TYPES,
    /** Functions: split BTF on top of the types. */
    @JsonProperty("Functions")
    FUNCTIONS
  }
}
