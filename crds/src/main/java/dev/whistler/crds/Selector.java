package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A label selector with the meaning that Kubernetes gives it; the empty selector selects
 * everything.
 *
 * @param matchLabels labels that must have exactly these values
 * @param matchExpressions further requirements; all must hold
 */
@ResourceValue
public record Selector(
    @JsonPropertyDescription("Labels that must have exactly these values.")
        Map<String, @Size(max = 63) @Pattern(Labels.VALUE) String> matchLabels,
    @Size(max = 32) @JsonPropertyDescription("Further requirements; all of them must hold.")
        List<Requirement> matchExpressions) {

  /** Selects everything. */
  public static final Selector ALL = new Selector(Map.of(), List.of());

  public Selector {
    matchLabels = Absent.map(matchLabels);
    matchExpressions = Absent.list(matchExpressions);
  }

  /** Selects what carries one label. */
  public static Selector label(String key, String value) {
    return new Selector(Map.of(key, value), List.of());
  }

  /** Whether something with these labels is selected. */
  public boolean matches(Map<String, String> labels) {
    return matchLabels.entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())))
        && matchExpressions.stream().allMatch(requirement -> requirement.matches(labels));
  }

  /** Why Kubernetes would refuse this as a selector of labels, if so: a part of a sentence. */
  public Optional<String> defect() {
    return matchLabels.entrySet().stream()
        .flatMap(
            label ->
                Labels.defectOfKey(label.getKey())
                    .or(() -> Labels.defectOfValue(label.getValue()))
                    .stream())
        .findFirst()
        .or(
            () ->
                matchExpressions.stream()
                    .flatMap(requirement -> requirement.defect().stream())
                    .findFirst());
  }

  /** How a label is compared. */
  public enum Operator {
    @JsonProperty("In")
    IN,
    @JsonProperty("NotIn")
    NOT_IN,
    @JsonProperty("Exists")
    EXISTS,
    @JsonProperty("DoesNotExist")
    DOES_NOT_EXIST
  }

  /**
   * One requirement.
   *
   * @param key the label
   * @param operator how it is compared
   * @param values for {@code In} and {@code NotIn}
   */
  @ResourceValue
  @ValidationRule(
      value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
      message = "In and NotIn need values; Exists and DoesNotExist take none")
  public record Requirement(
      @Required
          @Size(min = 1, max = Labels.MAX_KEY)
          @Pattern(Labels.KEY)
          @JsonPropertyDescription("The label's key.")
          String key,
      @Required @JsonPropertyDescription("How the label is compared.") Operator operator,
      @Size(max = 64) @JsonPropertyDescription("Values for In and NotIn; empty otherwise.")
          List<@Size(max = 63) @Pattern(Labels.VALUE) String> values) {
    public Requirement {
      values = Absent.list(values);
    }

    private Optional<String> defect() {
      boolean comparesValues = operator == Operator.IN || operator == Operator.NOT_IN;
      if (comparesValues == values.isEmpty()) {
        return Optional.of(
            comparesValues
                ? "the requirement on " + key + " needs values"
                : "the requirement on " + key + " takes no values");
      }
      return Labels.defectOfKey(key)
          .or(
              () ->
                  values.stream()
                      .flatMap(value -> Labels.defectOfValue(value).stream())
                      .findFirst());
    }

    private boolean matches(Map<String, String> labels) {
      @Nullable String value = labels.get(key);
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
      };
    }
  }
}
