package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/**
 * How a new revision reaches the nodes.
 *
 * @param verifyFirst whether one node of each kernel verifies before any attaches
 * @param canaryPerKernel nodes of each kernel that run it first
 * @param maxUnavailable nodes that change at once, a number or a percentage
 * @param soakSeconds how long canaries run before the others follow
 * @param onFailure what happens when a node fails
 */
@ResourceValue
public record RolloutPolicy(
    @JsonPropertyDescription("Whether one node of each kernel verifies before any attaches.")
        @Nullable Boolean verifyFirst,
    @Min(0) @Max(100) @JsonPropertyDescription("Nodes of each kernel that run it first.")
        @Nullable Integer canaryPerKernel,
    @JsonPropertyDescription("Nodes that change at once: a number, or a percentage such as 25%.")
        @Nullable IntOrString maxUnavailable,
    @Min(0) @Max(86_400) @JsonPropertyDescription("How long canaries run before others follow.")
        @Nullable Integer soakSeconds,
    @JsonPropertyDescription("What happens when a node fails.") @Nullable OnFailure onFailure) {

  /** What happens when a node fails. */
  public enum OnFailure {
    /** The last good revision returns. */
    @JsonProperty("Rollback")
    ROLLBACK,
    /** Nothing further changes. */
    @JsonProperty("Pause")
    PAUSE
  }
}
