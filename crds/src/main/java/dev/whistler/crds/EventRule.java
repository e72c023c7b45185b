package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a ring buffer are delivered.
 *
 * @param ring the map's name in the source
 * @param kinds record structs to deliver; all when empty
 * @param filter CEL over the record
 * @param sample deliver one of so many records
 * @param rateLimit records per second and node
 */
@ResourceValue
public record EventRule(
    @Required
        @Size(min = 1, max = 128)
        @JsonPropertyDescription("Name of the ring buffer in the source.")
        String ring,
    @Size(max = 64) @JsonPropertyDescription("Record structs to deliver; all when missing.")
        List<@Size(min = 1, max = 128) String> kinds,
    @Size(min = 1, max = 2048) @JsonPropertyDescription("CEL expression over the record.")
        @Nullable String filter,
    @Min(1) @JsonPropertyDescription("Deliver one of so many records.") @Nullable Integer sample,
    @Min(1) @JsonPropertyDescription("Records per second and node.") @Nullable Integer rateLimit) {
  public EventRule {
    kinds = Absent.list(kinds);
  }
}
