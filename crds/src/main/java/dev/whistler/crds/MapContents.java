package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a map, encoded by the program's schema: structs as objects, semantic kinds as text
 * such as {@code 10.0.0.7}.
 *
 * @param name the map's name in the source
 * @param entries at most 1,000 in all maps of a program together
 * @param mode what happens to entries that are not listed; {@code Seed} when missing
 */
@ResourceValue
public record MapContents(
    @Required @Size(min = 1, max = 128) @JsonPropertyDescription("Name of the map in the source.")
        String name,
    @Size(max = 1000) @JsonPropertyDescription("The entries.") List<Entry> entries,
    @Default("Seed") @JsonPropertyDescription("What happens to entries that are not listed.")
        @Nullable Mode mode) {
  public MapContents {
    entries = Absent.list(entries);
  }

  /** What happens to entries that are not listed. */
  public enum Mode {
    /** They stay. */
    @JsonProperty("Seed")
    SEED,
    /** They are removed. */
    @JsonProperty("Own")
    OWN
  }

  /**
   * One entry.
   *
   * @param key any JSON that the schema can encode
   * @param value any JSON that the schema can encode
   */
  @ResourceValue
  public record Entry(
      @Required
          @JsonInclude(JsonInclude.Include.ALWAYS)
          @JsonPropertyDescription("The key, as JSON in the form of the map's key type.")
          JsonNode key,
      @Required
          @JsonInclude(JsonInclude.Include.ALWAYS)
          @JsonPropertyDescription("The value, as JSON in the form of the map's value type.")
          JsonNode value) {}
}
