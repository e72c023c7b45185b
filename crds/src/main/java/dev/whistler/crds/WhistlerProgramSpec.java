package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted. The fields' meaning stands in their descriptions, which are also what {@code
 * kubectl explain} prints. Fields that this version does not honour are refused by the API server:
 * a program that ran on without them would do something else than what was asked for. An object
 * that an older version stored with such a field can still be changed elsewhere (its finalizer and
 * status, for instance), because the API server lets pass what was wrong before and is unchanged.
 */
@ResourceValue
@ValidationRule(
    value = "has(self.source) != has(self.sourceFrom)",
    message = "give the program's text either as source or by sourceFrom")
@ValidationRule(
    value = "!has(self.source) || bytes(self.source).size() <= 131072",
    message = "source has at most 128 KiB; move common definitions out or split the program")
@ValidationRule(
    value = "!has(self.podSelector)",
    fieldPath = ".podSelector",
    message = "spec.podSelector is not supported yet")
@ValidationRule(
    value = "!has(self.namespaceSelector)",
    fieldPath = ".namespaceSelector",
    message = "spec.namespaceSelector is not supported yet")
@ValidationRule(
    value = "!has(self.attach) || self.attach.size() == 0",
    fieldPath = ".attach",
    message = "spec.attach is not supported yet")
@ValidationRule(
    value = "!has(self.events) || self.events.size() == 0",
    fieldPath = ".events",
    message = "spec.events is not supported yet")
@ValidationRule(
    value = "!has(self.sinks) || self.sinks.all(sink, !has(sink.ref))",
    fieldPath = ".sinks",
    message = "spec.sinks[].ref is not supported yet")
@ValidationRule(
    value = "!has(self.metrics) || self.metrics.size() == 0",
    fieldPath = ".metrics",
    message = "spec.metrics is not supported yet")
@ValidationRule(
    value = "!has(self.maps) || self.maps.size() == 0",
    fieldPath = ".maps",
    message = "spec.maps is not supported yet")
@ValidationRule(
    value = "!has(self.budget)",
    fieldPath = ".budget",
    message = "spec.budget is not supported yet")
@ValidationRule(
    value = "!has(self.rollout)",
    fieldPath = ".rollout",
    message = "spec.rollout is not supported yet")
@ValidationRule(
    value = "!has(self.rollbackTo)",
    fieldPath = ".rollbackTo",
    message = "spec.rollbackTo is not supported yet")
@ValidationRule(
    value = "!has(self.paused) || !self.paused",
    fieldPath = ".paused",
    message = "spec.paused is not supported yet")
@ValidationRule(
    value = "!has(self.ttl)",
    fieldPath = ".ttl",
    message = "spec.ttl is not supported yet")
@ValidationRule(
    value =
        "!has(self.sinks)" + " || self.sinks.all(one, self.sinks.exists_one(other, other == one))",
    fieldPath = ".sinks",
    message = "each sink is given once: records would be written twice")
@ValidationRule(
    value =
        "!has(self.nodeSelector) || !has(self.nodeSelector.matchLabels)"
            + " || self.nodeSelector.matchLabels.all(key, key.size() <= 317 && key.matches('"
            + Labels.KEY_IN_CEL
            + "'))",
    fieldPath = ".nodeSelector.matchLabels",
    message = "no label can have such a key")
public record WhistlerProgramSpec(
    @Size(min = 1, max = MAX_SOURCE_BYTES)
        @JsonPropertyDescription("Text of the program, at most 128 KiB of UTF-8.")
        @Nullable String source,
    @JsonPropertyDescription(
            "Where the text of the program is, instead of source; followed when it changes.")
        @Nullable SourceReference sourceFrom,
    @Default("observe")
        @JsonPropertyDescription("What the program may do; each tier is granted by RBAC.")
        @Nullable Tier tier,
    @JsonPropertyDescription("Values for the program's knobs, by name.")
        Map<String, @Size(max = 256) String> knobs,
    @JsonPropertyDescription("Which nodes run the program; all when empty.")
        @Nullable Selector nodeSelector,
    @JsonPropertyDescription("Not supported yet. Only what happens in these pods is seen.")
        @Nullable Selector podSelector,
    @JsonPropertyDescription(
            "Not supported yet. Only what happens in pods of these namespaces is seen.")
        @Nullable Selector namespaceSelector,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Not supported yet. Where programs attach whose sections do not say so.")
        List<AttachTarget> attach,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Not supported yet. Which records are delivered; all when missing.")
        List<EventRule> events,
    @Size(max = 8)
        @JsonPropertyDescription(
            "Where records go, each destination once; the agent's output when missing or empty.")
        List<ProgramSink> sinks,
    @Size(max = 64) @JsonPropertyDescription("Not supported yet. Maps to show as metrics.")
        List<MapMetric> metrics,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Not supported yet. Entries to put into maps, at most 1,000 in all.")
        List<MapContents> maps,
    @JsonPropertyDescription("Not supported yet. What the program may use on each node.")
        @Nullable Limits budget,
    @JsonPropertyDescription("Not supported yet. How a new revision reaches the nodes.")
        @Nullable RolloutPolicy rollout,
    @Min(1)
        @JsonPropertyDescription(
            "Not supported yet. Number of an earlier revision to run again, under a new number.")
        @Nullable Long rollbackTo,
    @JsonPropertyDescription("Not supported yet. Detach everywhere, but keep the resource.")
        @Nullable Boolean paused,
    @Size(min = 2, max = 16)
        @Pattern("^([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        @JsonPropertyDescription(
            "Not supported yet. Delete the program after this time, for instance 1h30m.")
        @Nullable String ttl) {

  /** The longest source: with it, client-side apply's annotation still fits. */
  public static final int MAX_SOURCE_BYTES = 128 * 1024;

  public WhistlerProgramSpec {
    knobs = Absent.map(knobs);
    attach = Absent.list(attach);
    events = Absent.list(events);
    sinks = Absent.list(sinks);
    metrics = Absent.list(metrics);
    maps = Absent.list(maps);
  }

  /** A program with a source and nothing else. */
  public static WhistlerProgramSpec ofSource(String source) {
    return new WhistlerProgramSpec(
        source, null, null, Map.of(), null, null, null, List.of(), List.of(), List.of(), List.of(),
        List.of(), null, null, null, null, null);
  }
}
