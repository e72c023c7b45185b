package dev.whistler.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.RevisionReading.Readable;
import dev.whistler.crds.RevisionReading.Refused;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents act by the payload's bytes, and by nothing that they do not understand. */
final class RevisionReadingTest {
  private static final RevisionPayload PAYLOAD = Payloads.payload(3, Selector.label("zone", "a"));
  private static final String JSON = new String(PAYLOAD.bytes(), UTF_8);

  @Test
  void whatTheOperatorWritesIsRead() {
    WhistlerRevision stored =
        Serialization.unmarshal(
            Serialization.asYaml(Payloads.resource(WhistlerRevisionSpec.of(PAYLOAD))),
            WhistlerRevision.class);

    assertThat(RevisionReading.of(stored, RevisionFeature.ALL)).isEqualTo(new Readable(PAYLOAD));
    assertThat(PAYLOAD.requires()).containsExactly(RevisionFeature.SINK_STDOUT);
  }

  @Test
  void whatStandsBesideThePayloadIsNotActedBy() {
    WhistlerRevision revision = Payloads.resource(WhistlerRevisionSpec.of(PAYLOAD));
    WhistlerRevision forged =
        Serialization.unmarshal(
            Serialization.asJson(revision)
                .replace("\"payloadType\"", "\"knobs\":{\"min-us\":\"8\"},\"payloadType\""),
            WhistlerRevision.class);

    assertThat(forged.getSpec().knobs()).containsEntry("min-us", "8");
    assertThat(RevisionReading.of(forged, RevisionFeature.ALL)).isEqualTo(new Readable(PAYLOAD));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"uid\":\"uid\" | \"uid\":\"another\" | of another program",
        "\"name\":\"forks\" | \"name\":\"other\" | of another program",
        "\"revision\":3 | \"revision\":4 | of another revision",
        "\"tier\":\"observe\" | \"tier\":\"act\" | another source or tier",
        "\"revision\":3 | \"revision\":\"3\" | not JSON of a revision",
        "\"revision\":3 | \"revision\":3.5 | not JSON of a revision",
        "\"revision\":3 | \"revision\":3,\"revision\":3 | not JSON of a revision",
        "\"revision\":3 | \"revision\":0 | revision is out of range",
        "\"tier\":\"observe\" | \"tier\":0 | not JSON of a revision",
        "\"tier\":\"observe\" | \"tier\":null | has a null in it",
        "\"tier\":\"observe\", | '' | tier is missing",
        "\"uid\":\"uid\" | \"uid\":7 | not JSON of a revision",
        "\"min-us\":\"7\" | \"min-us\":null | has a null in it",
        "{\"stdout\":{}} | {\"file\":{\"name\":\"../f\"}} | sinks[].file.name has another form",
        "\"zone\":\"a\" | \"-\":\"a\" | its nodeSelector is none",
      })
  void whatNoOperatorWritesIsTampered(String text, String instead, String why) {
    assertThat(JSON).contains(text);
    Refused refused = refused(JSON.replace(text, instead), RevisionFeature.ALL);

    assertThat(refused.reason()).isEqualTo(NodeReason.TAMPERED);
    assertThat(refused.message()).contains(why).endsWith(".");
    assertThat(refused.program()).isEqualTo(Payloads.FORKS);
    assertThat(refused.revision()).isEqualTo(3);
  }

  @Test
  void aPayloadUnderAnotherNameIsTampered() {
    WhistlerRevision moved = Payloads.resource(WhistlerRevisionSpec.of(PAYLOAD));
    moved.getMetadata().setName("forks-9");

    assertThat(RevisionReading.of(moved, RevisionFeature.ALL))
        .isInstanceOfSatisfying(
            Refused.class, it -> assertThat(it.reason()).isEqualTo(NodeReason.TAMPERED));
  }

  @Test
  void whatIsTooLargeOrNoPayloadIsTampered() {
    for (String payload :
        List.of(
            "",
            "!",
            base64(""),
            base64("[]"),
            base64("null"),
            base64(JSON + "{}"),
            base64("[".repeat(10_000)),
            base64(JSON + " ".repeat(RevisionPayload.MAX_BYTES)),
            "A".repeat(WhistlerRevisionSpec.MAX_PAYLOAD_BASE64 + 4))) {
      assertThat(reading(RevisionPayload.TYPE, payload, RevisionFeature.ALL))
          .isInstanceOfSatisfying(
              Refused.class, it -> assertThat(it.reason()).isEqualTo(NodeReason.TAMPERED));
    }
  }

  @Test
  void listsAreAsLongAsTheSchemaLetsThemBe() {
    String many = "{\"stdout\":{}},".repeat(8);

    assertThat(
            refused(JSON.replace("{\"stdout\":{}}", many + "{\"stdout\":{}}"), Set.of("SinkStdout"))
                .message())
        .contains("sinks has another size");
  }

  @Test
  void whatANewerOperatorRequiresIsSaidAndNotLeftOut() {
    Refused byName = refused(withRequirement("Gpu"), RevisionFeature.ALL);
    assertThat(byName.reason()).isEqualTo(NodeReason.AGENT_TOO_OLD);
    assertThat(byName.message()).contains("(Gpu)").contains("update the agents");
    assertThat(byName.nodes())
        .as("whom it concerns can be told")
        .contains(Selector.label("zone", "a"));

    Refused byField = refused(JSON.replace("\"tier\"", "\"gpu\":{},\"tier\""), RevisionFeature.ALL);
    assertThat(byField.reason()).isEqualTo(NodeReason.AGENT_TOO_OLD);
    assertThat(byField.message()).contains("the field gpu");

    Refused inside =
        refused(JSON.replace("{\"stdout\":{}}", "{\"stdout\":{\"a\":1}}"), RevisionFeature.ALL);
    assertThat(inside.reason()).isEqualTo(NodeReason.AGENT_TOO_OLD);

    Refused both =
        refused(
            withRequirement("Gpu").replace("\"tier\":\"observe\"", "\"tier\":\"gpu\""),
            RevisionFeature.ALL);
    assertThat(both.reason()).as("its name is said first").isEqualTo(NodeReason.AGENT_TOO_OLD);
  }

  @Test
  void anotherFormOfThePayloadIsOfANewerOperator() {
    assertThat(reading("application/cbor", base64(JSON), RevisionFeature.ALL))
        .isInstanceOfSatisfying(
            Refused.class, it -> assertThat(it.reason()).isEqualTo(NodeReason.AGENT_TOO_OLD));
  }

  @Test
  void aPayloadThatDoesNotSayWhatItUsesIsNotBelieved() {
    String silent = JSON.replace(",\"requires\":[\"SinkStdout\"]", "");
    assertThat(silent).isNotEqualTo(JSON);

    assertThat(refused(silent, Set.of()).reason()).isEqualTo(NodeReason.AGENT_TOO_OLD);
  }

  @Test
  void textOfAnAttackerIsNotRepeated() {
    String hostile = "\\u001b[31m" + "x".repeat(100);
    for (String json :
        List.of(
            withRequirement(hostile),
            JSON.replace("\"tier\"", "\"" + hostile + "\":1,\"tier\""),
            JSON.replace("\"observe\"", "\"" + hostile + "\""))) {
      assertThat(refused(json, RevisionFeature.ALL).message())
          .doesNotContain("xx")
          .matches("[ -~]{1,200}");
    }
  }

  @Test
  void damagedBytesAreRefusedAndNeverCrash() {
    Random random = new Random(7);
    byte[] bytes = JSON.getBytes(UTF_8);
    for (int round = 0; round < 5_000; round++) {
      byte[] damaged = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      RevisionReading reading =
          reading(
              RevisionPayload.TYPE,
              Base64.getEncoder().encodeToString(damaged),
              RevisionFeature.ALL);
      assertThat(reading.program()).isEqualTo(Payloads.FORKS);
      assertThat(reading.selects(Map.of())).isNotNull();
    }
  }

  @Test
  void theBuildDigestIsOfWhatTheObjectDependsOn() {
    assertThat(Payloads.payload(4, Selector.label("zone", "b")).buildDigest())
        .isEqualTo(PAYLOAD.buildDigest());
    assertThat(
            BuildDigest.of(
                "forks", "0".repeat(64), Tier.OBSERVE, Map.of("min-us", "7"), false, false))
        .isEqualTo(PAYLOAD.buildDigest());
    assertThat(
            BuildDigest.of(
                "forks", "0".repeat(64), Tier.OBSERVE, Map.of("min-us", "8"), false, false))
        .isNotEqualTo(PAYLOAD.buildDigest());
    assertThat(
            BuildDigest.of(
                "forks", "0".repeat(64), Tier.OBSERVE, Map.of("min-us", "7"), true, false))
        .isNotEqualTo(PAYLOAD.buildDigest());
  }

  private static String withRequirement(String name) {
    return JSON.replace("[\"SinkStdout\"]", "[\"SinkStdout\",\"" + name + "\"]");
  }

  private static Refused refused(String json, Set<String> known) {
    RevisionReading reading = reading(RevisionPayload.TYPE, base64(json), known);
    assertThat(reading).isInstanceOf(Refused.class);
    return (Refused) reading;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** Of a revision with these bytes in place of its payload. */
  private static RevisionReading reading(@Nullable String type, String payload, Set<String> known) {
    WhistlerRevisionSpec spec = WhistlerRevisionSpec.of(PAYLOAD);
    return RevisionReading.of(
        Payloads.resource(
            new WhistlerRevisionSpec(
                spec.program(),
                spec.revision(),
                spec.sourceDigest(),
                spec.tier(),
                type,
                payload,
                List.of(),
                Map.of(),
                null,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null,
                null)),
        known);
  }
}
