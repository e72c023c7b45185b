package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A destination: exactly one of the five.
 *
 * @param stdout the agents' standard output
 * @param file a file on each node
 * @param http CloudEvents by HTTP
 * @param kafka CloudEvents in a Kafka topic
 * @param otlp OpenTelemetry log records
 */
@ResourceValue
@ValidationRule(
    value =
        "[has(self.stdout), has(self.file), has(self.http), has(self.kafka), has(self.otlp)]"
            + ".filter(given, given).size() == 1",
    message = "a WhistlerSink is exactly one of stdout, file, http, kafka, otlp")
public record WhistlerSinkSpec(
    @JsonPropertyDescription("The agents' standard output.") @Nullable StdoutSink stdout,
    @JsonPropertyDescription("A file below the agents' directory.") @Nullable FileSink file,
    @JsonPropertyDescription("CloudEvents by HTTP.") @Nullable Http http,
    @JsonPropertyDescription("CloudEvents in a Kafka topic.") @Nullable Kafka kafka,
    @JsonPropertyDescription("OpenTelemetry log records.") @Nullable Otlp otlp) {

  /** How a CloudEvent is put into a message (CloudEvents 1.0). */
  public enum ContentMode {
    @JsonProperty("structured")
    STRUCTURED,
    @JsonProperty("binary")
    BINARY
  }

  /**
   * An HTTP endpoint.
   *
   * @param url where records are posted
   * @param mode how events are encoded; structured when missing
   * @param secret name of the Secret with credentials
   */
  @ResourceValue
  public record Http(
      @Required
          @Size(min = 8, max = 2048)
          @Pattern("^https?://.+$")
          @JsonPropertyDescription("Where records are posted.")
          String url,
      @JsonPropertyDescription("How CloudEvents are encoded; structured when missing.")
          @Nullable ContentMode mode,
      @Size(min = 1, max = 253)
          @JsonPropertyDescription("Secret with the credentials, mounted by the chart.")
          @Nullable String secret) {}

  /**
   * A Kafka topic.
   *
   * @param bootstrapServers {@code host:port}
   * @param topic the topic
   * @param mode how events are encoded; structured when missing
   * @param secret name of the Secret with credentials
   */
  @ResourceValue
  public record Kafka(
      @Required
          @Size(min = 1, max = 16)
          @JsonPropertyDescription("Brokers to start from, as host:port.")
          List<@Size(min = 3, max = 260) String> bootstrapServers,
      @Required
          @Size(min = 1, max = 249)
          @Pattern("^[a-zA-Z0-9._-]+$")
          @JsonPropertyDescription("The topic.")
          String topic,
      @JsonPropertyDescription("How CloudEvents are encoded; structured when missing.")
          @Nullable ContentMode mode,
      @Size(min = 1, max = 253)
          @JsonPropertyDescription("Secret with the credentials, mounted by the chart.")
          @Nullable String secret) {
    public Kafka {
      bootstrapServers = Absent.list(bootstrapServers);
    }
  }

  /**
   * An OpenTelemetry collector.
   *
   * @param endpoint the collector's OTLP endpoint
   * @param secret name of the Secret with credentials
   */
  @ResourceValue
  public record Otlp(
      @Required
          @Size(min = 8, max = 2048)
          @Pattern("^https?://.+$")
          @JsonPropertyDescription("OTLP endpoint of a collector.")
          String endpoint,
      @Size(min = 1, max = 253)
          @JsonPropertyDescription("Secret with the credentials, mounted by the chart.")
          @Nullable String secret) {}
}
