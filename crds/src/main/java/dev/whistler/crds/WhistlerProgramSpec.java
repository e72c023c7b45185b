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
 * kubectl explain} prints.
 */
@ResourceValue
@ValidationRule(
    value = "has(self.source) != has(self.sourceFrom)",
    message = "give the program's text either as source or by sourceFrom")
@ValidationRule(
    value = "!has(self.source) || bytes(self.source).size() <= 131072",
    message = "source has at most 128 KiB; move common definitions out or split the program")
public record WhistlerProgramSpec(
    @Size(min = 1, max = MAX_SOURCE_BYTES)
        @JsonPropertyDescription("Text of the program, at most 128 KiB of UTF-8.")
        @Nullable String source,
    @JsonPropertyDescription("Where the text of the program is, instead of source.")
        @Nullable SourceReference sourceFrom,
    @Default("observe")
        @JsonPropertyDescription("What the program may do; each tier is granted by RBAC.")
        @Nullable Tier tier,
    @JsonPropertyDescription("Values for the program's knobs, by name.")
        Map<String, @Size(max = 256) String> knobs,
    @JsonPropertyDescription("Which nodes run the program; all when empty.")
        @Nullable Selector nodeSelector,
    @JsonPropertyDescription("Only what happens in these pods is seen.")
        @Nullable Selector podSelector,
    @JsonPropertyDescription("Only what happens in pods of these namespaces is seen.")
        @Nullable Selector namespaceSelector,
    @Size(max = 64) @JsonPropertyDescription("Where programs attach whose sections do not say so.")
        List<AttachTarget> attach,
    @Size(max = 64) @JsonPropertyDescription("Which records are delivered; all when missing.")
        List<EventRule> events,
    @Size(max = 8) @JsonPropertyDescription("Where records go; the agent's output when missing.")
        List<ProgramSink> sinks,
    @Size(max = 64) @JsonPropertyDescription("Maps to show as metrics.") List<MapMetric> metrics,
    @Size(max = 64) @JsonPropertyDescription("Entries to put into maps, at most 1,000 in all.")
        List<MapContents> maps,
    @JsonPropertyDescription("What the program may use on each node.") @Nullable Limits budget,
    @JsonPropertyDescription("How a new revision reaches the nodes.")
        @Nullable RolloutPolicy rollout,
    @Min(1)
        @JsonPropertyDescription("Number of an earlier revision to run again, under a new number.")
        @Nullable Long rollbackTo,
    @JsonPropertyDescription("Detach everywhere, but keep the resource.") @Nullable Boolean paused,
    @Size(max = 16)
        @Pattern("^([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        @JsonPropertyDescription("Delete the program after this time, for instance 1h30m.")
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
