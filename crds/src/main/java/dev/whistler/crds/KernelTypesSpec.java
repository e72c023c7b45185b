package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a kernel's BTF. Immutable. What it is a piece of is told for people; nobody need
 * believe it.
 *
 * @param part which of the two parts
 * @param profile former field; different profiles may have the same types
 * @param index number of this piece, from 0
 * @param count number of pieces of this part
 * @param partDigest SHA-256 of the whole part
 * @param digest SHA-256 of the piece, before it was compressed
 * @param content the piece, gzip and base64
 */
@ResourceValue
@ValidationRule(value = "self == oldSelf", message = "a piece never changes; write a new one")
@ValidationRule(value = "self.index < self.count", message = "index counts from 0 up to count")
public record KernelTypesSpec(
    @Required @JsonPropertyDescription("Which part of the BTF.") Part part,
    @Pattern("^[0-9a-f]{40}$") @JsonPropertyDescription("Former field. Name of a KernelProfile.")
        @Nullable String profile,
    @Required @Min(0) @Max(63) @JsonPropertyDescription("Number of this piece, from 0.") int index,
    @Required @Min(1) @Max(64) @JsonPropertyDescription("Number of pieces of this part.") int count,
    @Required @Pattern("^[0-9a-f]{64}$") @JsonPropertyDescription("SHA-256 of the whole part.")
        String partDigest,
    @Required
        @Pattern("^[0-9a-f]{64}$")
        @Size(min = 64, max = 64)
        @JsonPropertyDescription("SHA-256 of this piece, before it was compressed.")
        String digest,
    @Required
        @Size(min = 1, max = MAX_BASE64)
        @JsonPropertyDescription("The piece, gzip and base64.")
        String content) {

  /** Most bytes of a piece, compressed. */
  public static final int MAX_PIECE_BYTES = 700 * 1024;

  static final int MAX_BASE64 = (MAX_PIECE_BYTES + 2) / 3 * 4;

  /** The two parts of a kernel's BTF. */
  public enum Part {
    /** Types without functions, but with the parameters of tracepoints and LSM hooks. */
    @JsonProperty("Types")
    TYPES,
    /** Functions: BTF whose type ids and string offsets continue those of the types. */
    @JsonProperty("Functions")
    FUNCTIONS
  }
}
