package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A condition in the form that Kubernetes tools expect ({@code kubectl wait --for=condition=…}).
 *
 * @param type what is stated, for instance {@code Ready}
 * @param status whether it holds
 * @param reason why, as one word that stays the same between versions
 * @param message why, as a sentence
 * @param observedGeneration the generation of the spec that this speaks of
 * @param lastTransitionTime RFC 3339; when {@code status} last changed
 */
@ResourceValue
public record ResourceCondition(
    @Required @Size(min = 1, max = 64) @JsonPropertyDescription("What is stated.") String type,
    @Required @JsonPropertyDescription("Whether it holds.") Status status,
    @Required
        @Size(min = 1, max = 128)
        @Pattern(REASON)
        @JsonPropertyDescription("Why, as one word that stays the same between versions.")
        String reason,
    @Size(max = 4096) @JsonPropertyDescription("Why, as a sentence.") String message,
    @JsonPropertyDescription("Generation of the spec that this speaks of.") long observedGeneration,
    @Required @Size(max = 40) @JsonPropertyDescription("When the status last changed (RFC 3339).")
        String lastTransitionTime) {

  /** What reasons look like. */
  static final String REASON = "^[A-Z][A-Za-z]*$";

  private static final java.util.regex.Pattern REASONS = java.util.regex.Pattern.compile(REASON);

  /**
   * A reason that another condition may repeat. What was stored before reasons had a form may be
   * anything.
   *
   * @param otherwise for what is no reason
   */
  public String reasonOr(String otherwise) {
    return REASONS.matcher(reason).matches() ? reason : otherwise;
  }

  /** Three-valued truth. */
  public enum Status {
    @JsonProperty("True")
    TRUE,
    @JsonProperty("False")
    FALSE,
    @JsonProperty("Unknown")
    UNKNOWN
  }
}
