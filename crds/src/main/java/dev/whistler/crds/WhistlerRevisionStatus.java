package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a revision is. Written by the operator only; what each node does by it is decided by
 * {@link Membership}.
 *
 * @param phase what agents do with it; null is {@link Phase#PENDING}
 * @param verifiers nodes that load it and give it up again while it is {@link Phase#VERIFYING}
 * @param canaries nodes that run it first, whatever {@code percent} says
 * @param percent share of the nodes that run it while it is {@link Phase#ROLLING}; null is 0
 * @param paused whether the roll-out stands still; it stops nothing that runs
 * @param bindings the artifact for each kernel, by {@link KernelIdentity}
 * @param artifacts name of the {@link WhistlerArtifact} by name of the {@link KernelProfile}, as
 *     operators wrote it before there were bindings; kept for agents that read it
 */
@ResourceValue
public record WhistlerRevisionStatus(
    @JsonPropertyDescription("What agents do with the revision.") @Nullable Phase phase,
    @Size(max = MAX_KERNELS)
        @JsonPropertyDescription("Nodes that try whether their kernel's verifier accepts it.")
        List<@Size(max = 253) String> verifiers,
    @Size(max = MAX_KERNELS) @JsonPropertyDescription("Nodes that run it whatever percent says.")
        List<@Size(max = 253) String> canaries,
    @Min(0) @Max(100) @JsonPropertyDescription("Share of the nodes that shall run it by now.")
        @Nullable Integer percent,
    @JsonPropertyDescription("Whether nothing further changes.") @Nullable Boolean paused,
    @JsonPropertyDescription("The artifact for each kernel, by the kernel's identity.")
        Map<String, Binding> bindings,
    @JsonPropertyDescription("Former field, see bindings. Artifact by name of the KernelProfile.")
        Map<String, @Size(max = 63) String> artifacts) {
  /** Most kernels that a revision names artifacts for. */
  public static final int MAX_KERNELS = 256;

  public WhistlerRevisionStatus {
    verifiers = Absent.list(verifiers);
    canaries = Absent.list(canaries);
    bindings = Absent.map(bindings);
    artifacts = Absent.map(artifacts);
  }

  /** A status that nothing is said in but a phase and artifacts. */
  public static WhistlerRevisionStatus of(Phase phase, Map<String, Binding> bindings) {
    return new WhistlerRevisionStatus(phase, List.of(), List.of(), null, null, bindings, Map.of());
  }

  /** The artifact for each kernel by its identity, those of older operators among them. */
  public Map<String, Binding> bound() {
    Map<String, Binding> bound = new TreeMap<>();
    artifacts.forEach(
        (profile, artifact) -> bound.put(KernelIdentity.of(profile, null), Binding.to(artifact)));
    bound.putAll(bindings);
    return Collections.unmodifiableMap(bound);
  }

  /** The same, of which agents that know no bindings read what still holds of {@code former}. */
  public WhistlerRevisionStatus withFormer(Map<String, String> former) {
    Map<String, String> holding = new TreeMap<>(former);
    holding
        .entrySet()
        .removeIf(
            entry ->
                !Optional.ofNullable(bindings.get(KernelIdentity.of(entry.getKey(), null)))
                    .map(Binding::artifact)
                    .equals(Optional.of(entry.getValue())));
    return new WhistlerRevisionStatus(
        phase, verifiers, canaries, percent, paused, bindings, holding);
  }

  /**
   * What a kernel gets.
   *
   * @param artifact name of the {@link WhistlerArtifact}
   * @param signature of program UID, build digest, kernel identity and artifact; none are made yet
   */
  @ResourceValue
  public record Binding(
      @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the WhistlerArtifact.")
          String artifact,
      @Size(max = 128) @JsonPropertyDescription("Signature of the binding; none are made yet.")
          @Nullable String signature) {
    /** Without a signature. */
    public static Binding to(String artifact) {
      return new Binding(artifact, null);
    }
  }

  /** What agents do with a revision. */
  public enum Phase {
    /** Being written: agents leave it alone. */
    @JsonProperty("Pending")
    PENDING,
    /** The verifiers try it; all nodes run the revision before. */
    @JsonProperty("Verifying")
    VERIFYING,
    /** The canaries run it, all others the revision before. */
    @JsonProperty("Canary")
    CANARY,
    /** The canaries and a share of the others run it, the rest the revision before. */
    @JsonProperty("Rolling")
    ROLLING,
    /** Agents run it where they are selected and have an artifact. */
    @JsonProperty("Active")
    ACTIVE,
    /** Kept to return to: agents do not run it. */
    @JsonProperty("Superseded")
    SUPERSEDED
  }
}
