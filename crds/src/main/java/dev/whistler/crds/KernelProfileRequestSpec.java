package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * Which descriptions of kernels are wanted.
 *
 * @param profiles names of {@link KernelProfile}s, ordered
 * @param types names of {@link KernelTypes}, ordered
 */
@ResourceValue
public record KernelProfileRequestSpec(
    // An empty list, too: an apply that leaves the only field out would leave no spec.
    @JsonInclude(JsonInclude.Include.ALWAYS)
        @Size(max = MAX_PROFILES)
        @JsonPropertyDescription("Names of the KernelProfiles that agents may create.")
        List<@Pattern("^[0-9a-f]{40}$") String> profiles,
    @Size(max = MAX_TYPES)
        @JsonPropertyDescription("Names of the KernelTypes that agents may create.")
        List<@Pattern("^[0-9a-f]{40}$") String> types) {
  /** Most profiles that are wanted at a time. */
  public static final int MAX_PROFILES = 1024;

  /** Most pieces of types that are wanted at a time: those of 32 kernels. */
  public static final int MAX_TYPES = 32 * 2 * TypesPieces.MAX_PIECES;

  public KernelProfileRequestSpec {
    profiles = Absent.list(profiles);
    types = Absent.list(types);
  }
}
