package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.testbed.Repository;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Values, their schema and the README's table speak of the same keys. {@code
 * -Dwhistler.approve=true} writes the table.
 */
final class ChartValuesTest {
  private static final Path CHART = Repository.find().root().resolve("helm/whistler");
  private static final String BEGIN = "<!-- values: begin -->\n";
  private static final String END = "<!-- values: end -->";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is known of a value: its default, as JSON, and what it is for. */
  private record Value(String defaultValue, String description) {}

  @Test
  void theReadmeListsEveryValueWithItsDefault() throws IOException {
    Path file = CHART.resolve("README.md");
    String readme = Files.readString(file);
    String before = readme.substring(0, readme.indexOf(BEGIN) + BEGIN.length());
    String after = readme.substring(readme.indexOf(END));
    String wanted = before + table() + after;
    if (Boolean.getBoolean("whistler.approve")) {
      Files.writeString(file, wanted);
      readme = wanted;
    }

    assertThat(readme).isEqualTo(wanted);
  }

  @Test
  void everyValueIsDescribedAndHasADefault() throws IOException {
    assertThat(values()).hasSizeGreaterThan(30);
    assertThat(values())
        .allSatisfy(
            (key, value) -> {
              assertThat(value.description()).as(key).isNotBlank();
              assertThat(value.defaultValue()).as(key).isNotEqualTo("missing");
            });
  }

  @Test
  void theSchemaRefusesKeysThatItDoesNotKnowEverywhere() throws IOException {
    assertClosed("", schema());
  }

  private static void assertClosed(String key, JsonNode schema) {
    if (schema.has("properties")) {
      assertThat(schema.path("additionalProperties").asBoolean(true)).as("open: " + key).isFalse();
      schema
          .path("properties")
          .properties()
          .forEach(part -> assertClosed(key + "." + part.getKey(), part.getValue()));
    }
  }

  private static String table() throws IOException {
    StringBuilder table = new StringBuilder("| value | default | |\n|---|---|---|\n");
    values()
        .forEach(
            (key, value) ->
                table.append(
                    "| `%s` | `%s` | %s |\n"
                        .formatted(key, value.defaultValue(), value.description())));
    return table.toString();
  }

  private static Map<String, Value> values() throws IOException {
    Map<String, Value> values = new TreeMap<>();
    JsonNode defaults =
        JSON.valueToTree(
            Serialization.unmarshal(Files.readString(CHART.resolve("values.yaml")), Map.class));
    collect("", schema(), defaults, values);
    values.remove("global");
    return values;
  }

  private static JsonNode schema() throws IOException {
    return JSON.readTree(CHART.resolve("values.schema.json").toFile());
  }

  private static void collect(
      String key, JsonNode schema, JsonNode defaults, Map<String, Value> into)
      throws JsonProcessingException {
    boolean isGroup = schema.has("properties") && !key.endsWith("affinity");
    if (!isGroup) {
      String shown = defaults.isMissingNode() ? "missing" : JSON.writeValueAsString(defaults);
      into.put(key, new Value(shown, schema.path("description").asText()));
      return;
    }
    for (Map.Entry<String, JsonNode> part : schema.path("properties").properties()) {
      String name = key.isEmpty() ? part.getKey() : key + "." + part.getKey();
      collect(name, part.getValue(), defaults.path(part.getKey()), into);
    }
  }
}
