package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * What a program may use on each node; it is throttled above.
 *
 * @param cpuMillis thousandths of one CPU
 * @param eventsPerSecond records
 * @param mapBytes bytes of all maps together
 */
@ResourceValue
public record Limits(
    @Min(1) @Max(1_000_000) @JsonPropertyDescription("Run time in thousandths of one CPU.")
        @Nullable Integer cpuMillis,
    @Min(1) @JsonPropertyDescription("Records per second.") @Nullable Integer eventsPerSecond,
    @Min(4096) @JsonPropertyDescription("Bytes of all maps together.") @Nullable Long mapBytes) {}
