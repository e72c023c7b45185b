package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a revision is. Written by the operator only.
 *
 * @param phase what agents do with it; null is {@link Phase#PENDING}
 * @param artifacts name of the {@link WhistlerArtifact} by name of the {@link KernelProfile}
 * @param percent share of the nodes that shall run it by now; null is 100
 * @param canaries nodes that run it whatever {@code percent} says
 * @param paused whether nothing further changes
 */
@ResourceValue
public record WhistlerRevisionStatus(
    @JsonPropertyDescription("What agents do with the revision.") @Nullable Phase phase,
    @JsonPropertyDescription("Name of the WhistlerArtifact by name of the KernelProfile.")
        Map<String, @Size(max = 63) String> artifacts,
    @Min(0) @Max(100) @JsonPropertyDescription("Share of the nodes that shall run it by now.")
        @Nullable Integer percent,
    @Size(max = 64) @JsonPropertyDescription("Nodes that run it whatever percent says.")
        List<@Size(max = 253) String> canaries,
    @JsonPropertyDescription("Whether nothing further changes.") @Nullable Boolean paused) {
  /** Most kernels that a revision names artifacts for. */
  public static final int MAX_KERNELS = 256;

  public WhistlerRevisionStatus {
    artifacts = Absent.map(artifacts);
    canaries = Absent.list(canaries);
  }

  /** What agents do with a revision. */
  public enum Phase {
    /** Being written: agents leave it alone. */
    @JsonProperty("Pending")
    PENDING,
    /** Agents run it where they are selected and have an artifact. */
    @JsonProperty("Active")
    ACTIVE,
    /** Kept to return to: agents do not run it. */
    @JsonProperty("Superseded")
    SUPERSEDED
  }
}
