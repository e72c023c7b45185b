package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map of the program shown as a Prometheus metric.
 *
 * @param map the map's name in the source
 * @param name the metric's name
 * @param type the metric's type
 * @param labels names for the fields of the key, in order
 * @param maxSeries most series per node
 */
@ResourceValue
public record MapMetric(
    @Required @Size(min = 1, max = 128) @JsonPropertyDescription("Name of the map in the source.")
        String map,
    @Required
        @Size(min = 1, max = 128)
        @Pattern("^[a-zA-Z_][a-zA-Z0-9_]*$")
        @JsonPropertyDescription("Name of the metric.")
        String name,
    @Required @JsonPropertyDescription("Type of the metric.") Type type,
    @Size(max = 16) @JsonPropertyDescription("Names for the fields of the key, in order.")
        List<@Size(min = 1, max = 64) @Pattern("^[a-zA-Z_][a-zA-Z0-9_]*$") String> labels,
    @Min(1)
        @Max(10_000)
        @JsonPropertyDescription("Most series per node; further keys are summed up as one.")
        @Nullable Integer maxSeries) {
  public MapMetric {
    labels = Absent.list(labels);
  }

  /** Types of metrics. */
  public enum Type {
    @JsonProperty("counter")
    COUNTER,
    @JsonProperty("gauge")
    GAUGE,
    @JsonProperty("histogram")
    HISTOGRAM
  }
}
