package dev.whistler.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.crds.WhistlerProgramSpec;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RefusalTest {
  /** Fields that work. */
  private static final Set<String> SUPPORTED =
      Set.of("source", "sourceFrom", "tier", "knobs", "nodeSelector", "sinks");

  /** An example of each field that does not, by its name. */
  private static final Map<String, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry("podSelector", "{}"),
          Map.entry("namespaceSelector", "{\"matchLabels\":{\"a\":\"b\"}}"),
          Map.entry("attach", "[{\"program\":\"p\",\"cgroup\":{\"path\":\"/\"}}]"),
          Map.entry("events", "[{\"ring\":\"r\"}]"),
          Map.entry("metrics", "[{\"map\":\"m\",\"name\":\"n\",\"type\":\"gauge\"}]"),
          Map.entry("maps", "[{\"name\":\"m\"}]"),
          Map.entry("budget", "{\"cpuMillis\":5}"),
          Map.entry("rollout", "{\"verifyFirst\":true}"),
          Map.entry("rollbackTo", "3"),
          Map.entry("paused", "true"),
          Map.entry("ttl", "\"5m\""));

  static Stream<String> unsupported() {
    return UNSUPPORTED.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void aFieldThatDoesNotWorkIsRefusedByName(String field) throws JsonProcessingException {
    WhistlerProgramSpec spec =
        read("{\"source\":\"x\",\"" + field + "\":" + UNSUPPORTED.get(field) + "}");

    assertThat(Refusal.of(spec))
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.reason()).isEqualToIgnoringCase("Unsupported" + field);
              assertThat(refusal.message())
                  .startsWith("The field spec." + field + " ")
                  .endsWith(".");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"matchLabels\":{\"a b\":\"c\"}}",
        "{\"matchLabels\":{\"a\":\"-\"}}",
        "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\"}]}",
        "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\",\"values\":[\"b\"]}]}",
        "{\"matchExpressions\":[{\"key\":\"A/b\",\"operator\":\"Exists\"}]}"
      })
  void aSelectorThatKubernetesWouldNotTakeIsRefused(String selector)
      throws JsonProcessingException {
    assertThat(Refusal.of(read("{\"source\":\"x\",\"nodeSelector\":" + selector + "}")))
        .map(Refusal::reason)
        .contains(Reason.INVALID_SELECTOR);
  }

  @Test
  void aSinkByReferenceIsRefused() throws JsonProcessingException {
    assertThat(Refusal.of(read("{\"source\":\"x\",\"sinks\":[{\"ref\":\"s\"}]}")))
        .map(Refusal::reason)
        .contains("UnsupportedSinkRef");
  }

  @Test
  void whatWorksIsNotRefused() throws JsonProcessingException {
    assertThat(
            Refusal.of(
                read(
                    "{\"source\":\"x\",\"tier\":\"act\",\"knobs\":{\"a\":\"1\"},"
                        + "\"nodeSelector\":{\"matchLabels\":{\"a\":\"b\"}},"
                        + "\"sinks\":[{\"stdout\":{}},{\"file\":{\"name\":\"f\"}}],"
                        + "\"paused\":false}")))
        .isEmpty();
    assertThat(
            Refusal.of(
                read("{\"sourceFrom\":{\"configMapKeyRef\":{\"name\":\"a\",\"key\":\"b\"}}}")))
        .isEmpty();
  }

  @Test
  void everyFieldOfTheSpecIsEitherSupportedOrRefused() {
    Set<String> fields =
        Stream.of(WhistlerProgramSpec.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toSet());

    assertThat(Stream.concat(SUPPORTED.stream(), UNSUPPORTED.keySet().stream()))
        .containsExactlyInAnyOrderElementsOf(fields);
  }

  private static WhistlerProgramSpec read(String json) throws JsonProcessingException {
    return new ObjectMapper().readValue(json, WhistlerProgramSpec.class);
  }
}
