package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a program. Immutable. What counts is {@code payload}, in an envelope of the form
 * of DSSE; what stands beside it is for people. Revisions without a payload were stored before
 * there were any, in the fields that are called former here.
 */
@ResourceValue
@ValidationRule(value = "self == oldSelf", message = "a revision never changes; write a new one")
public record WhistlerRevisionSpec(
    @Required @JsonPropertyDescription("The program.") ProgramReference program,
    @Required @Min(1) @JsonPropertyDescription("Number of this revision: one more than the last.")
        long revision,
    @Required @Pattern("^[0-9a-f]{64}$") @JsonPropertyDescription("SHA-256 of the program's text.")
        String sourceDigest,
    @Required @JsonPropertyDescription("What the program may do.") Tier tier,
    @Size(max = 128) @JsonPropertyDescription("Form of the payload.") @Nullable String payloadType,
    @Size(max = MAX_PAYLOAD_BASE64)
        @JsonPropertyDescription(
            "What agents act by, base64 of at most 32 KiB; what stands beside it is for people.")
        @Nullable String payload,
    @Size(max = 8) @JsonPropertyDescription("Signatures of the payload; none are made yet.")
        List<Signature> signatures,
    @JsonPropertyDescription("Former field, see payload. Values of knobs, by name.")
        Map<String, @Size(max = 256) String> knobs,
    @JsonPropertyDescription("Former field, see payload. Which nodes run it.")
        @Nullable Selector nodeSelector,
    @JsonPropertyDescription("Former field, see payload. What the program sees.")
        @Nullable Scope scope,
    @Size(max = 64) @JsonPropertyDescription("Former field, see payload. Where programs attach.")
        List<AttachTarget> attach,
    @Size(max = 64)
        @JsonPropertyDescription("Former field, see payload. Which records are delivered.")
        List<EventRule> events,
    @Size(max = 8) @JsonPropertyDescription("Former field, see payload. Where records go.")
        List<ProgramSink> sinks,
    @Size(max = 64) @JsonPropertyDescription("Former field, see payload. Maps shown as metrics.")
        List<MapMetric> metrics,
    @Size(max = 64) @JsonPropertyDescription("Former field, see payload. Entries put into maps.")
        List<MapContents> maps,
    @JsonPropertyDescription("Former field, see payload. What the program may use on each node.")
        @Nullable Limits budget,
    @Size(max = 128) @JsonPropertyDescription("Former field, see signatures.")
        @Nullable String signature) {
  /** Most characters of a payload: 32 KiB in base64. */
  static final int MAX_PAYLOAD_BASE64 = (RevisionPayload.MAX_BYTES + 2) / 3 * 4;

  public WhistlerRevisionSpec {
    signatures = Absent.list(signatures);
    knobs = Absent.map(knobs);
    attach = Absent.list(attach);
    events = Absent.list(events);
    sinks = Absent.list(sinks);
    metrics = Absent.list(metrics);
    maps = Absent.list(maps);
  }

  /** The envelope of a payload, without signatures. */
  public static WhistlerRevisionSpec of(RevisionPayload payload) {
    return new WhistlerRevisionSpec(
        payload.program(),
        payload.revision(),
        payload.sourceDigest(),
        payload.tier(),
        RevisionPayload.TYPE,
        Base64.getEncoder().encodeToString(payload.bytes()),
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
        null);
  }

  /** What the former fields say, in which operators wrote before there were payloads. */
  public RevisionPayload formerPayload() {
    return RevisionPayload.of(
        program,
        revision,
        sourceDigest,
        tier,
        knobs,
        nodeSelector,
        scope,
        attach,
        events,
        sinks,
        metrics,
        maps,
        budget);
  }

  /**
   * A signature of the payload's type and bytes, as DSSE's pre-authentication encoding joins them.
   *
   * @param keyId which key signed
   * @param signature Ed25519, base64
   */
  @ResourceValue
  public record Signature(
      @Required @Size(min = 1, max = 64) @JsonPropertyDescription("Which key signed.") String keyId,
      @Required @Size(min = 1, max = 128) @JsonPropertyDescription("Ed25519, base64.")
          String signature) {}

  /**
   * A program.
   *
   * @param name its name
   * @param uid its UID: a program that is deleted and created again is another one
   */
  @ResourceValue
  public record ProgramReference(
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerProgram.")
          String name,
      @Required @Size(min = 1, max = 64) @JsonPropertyDescription("UID of the WhistlerProgram.")
          String uid) {}

  /**
   * What a program sees.
   *
   * @param podSelector by labels of pods
   * @param namespaceSelector by labels of namespaces
   */
  @ResourceValue
  public record Scope(
      @JsonPropertyDescription("Selects by the labels of pods.") @Nullable Selector podSelector,
      @JsonPropertyDescription("Selects by the labels of namespaces.")
          @Nullable Selector namespaceSelector) {}
}
