package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one revision of a program is. Immutable. */
@ResourceValue
@ValidationRule(value = "self == oldSelf", message = "a revision never changes; write a new one")
public record WhistlerRevisionSpec(
    @Required @JsonPropertyDescription("The program.") ProgramReference program,
    @Required @Min(1) @JsonPropertyDescription("Number of this revision: one more than the last.")
        long revision,
    @Required @Pattern("^[0-9a-f]{64}$") @JsonPropertyDescription("SHA-256 of the program's text.")
        String sourceDigest,
    @Required @JsonPropertyDescription("What the program may do.") Tier tier,
    @JsonPropertyDescription("Values of the program's knobs, by name.")
        Map<String, @Size(max = 256) String> knobs,
    @JsonPropertyDescription("Which nodes run it; all when empty.") @Nullable Selector nodeSelector,
    @JsonPropertyDescription("What the program sees; everything when missing.")
        @Nullable Scope scope,
    @Size(max = 64) @JsonPropertyDescription("Where programs attach whose sections do not say so.")
        List<AttachTarget> attach,
    @Size(max = 64) @JsonPropertyDescription("Which records are delivered.") List<EventRule> events,
    @Size(max = 8) @JsonPropertyDescription("Where records go.") List<ProgramSink> sinks,
    @Size(max = 64) @JsonPropertyDescription("Maps to show as metrics.") List<MapMetric> metrics,
    @Size(max = 64) @JsonPropertyDescription("Entries to put into maps.") List<MapContents> maps,
    @JsonPropertyDescription("What the program may use on each node.") @Nullable Limits budget,
    @Size(max = 128) @JsonPropertyDescription("Ed25519 signature of the operator, base64.")
        @Nullable String signature) {
  public WhistlerRevisionSpec {
    knobs = Absent.map(knobs);
    attach = Absent.list(attach);
    events = Absent.list(events);
    sinks = Absent.list(sinks);
    metrics = Absent.list(metrics);
    maps = Absent.list(maps);
  }

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
