package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pieces of which a kernel's types are made, in order. Whoever has them can check each by
 * itself, by its name.
 *
 * @param types names of the {@link KernelTypes} with types
 * @param functions names of those with functions
 */
@ResourceValue
public record TypesPieces(
    @Required
        @Size(min = 1, max = MAX_PIECES)
        @JsonPropertyDescription("Names of the KernelTypes with types, in order.")
        List<@Pattern("^[0-9a-f]{40}$") String> types,
    @Required
        @Size(min = 1, max = MAX_PIECES)
        @JsonPropertyDescription("Names of the KernelTypes with functions, in order.")
        List<@Pattern("^[0-9a-f]{40}$") String> functions) {

  /** Most pieces of one part; a kernel of today needs two. */
  public static final int MAX_PIECES = 4;

  public TypesPieces {
    types = Absent.list(types);
    functions = Absent.list(functions);
  }

  /** The digest of both parts, 40 hex digits: by it kernels have the same types or others. */
  @JsonIgnore
  public String digest() {
    return Digest.ofText(
            "types\n" + String.join("\n", types) + "\nfunctions\n" + String.join("\n", functions))
        .name();
  }

  /** Names of all pieces. */
  public Stream<String> names() {
    return Stream.concat(types.stream(), functions.stream());
  }
}
