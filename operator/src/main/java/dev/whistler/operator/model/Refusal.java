package dev.whistler.operator.model;

import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerProgramSpec;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Why a program is not looked at any further. A program that uses a field which this version cannot
 * honour is refused as a whole: ignoring the field would run something else than what was asked
 * for.
 *
 * @param reason of the conditions, for instance {@code UnsupportedMetrics}
 * @param message a sentence that a user can act on
 */
public record Refusal(String reason, String message) {

  private record Rule(String field, Refusal refusal, Predicate<WhistlerProgramSpec> used) {}

  private static final List<Rule> RULES =
      List.of(
          rule("podSelector", spec -> spec.podSelector() != null),
          rule("namespaceSelector", spec -> spec.namespaceSelector() != null),
          rule("attach", spec -> !spec.attach().isEmpty()),
          rule("events", spec -> !spec.events().isEmpty()),
          rule(
              "spec.sinks[].ref",
              "UnsupportedSinkRef",
              spec -> spec.sinks().stream().map(ProgramSink::ref).anyMatch(ref -> ref != null)),
          rule("metrics", spec -> !spec.metrics().isEmpty()),
          rule("maps", spec -> !spec.maps().isEmpty()),
          rule("budget", spec -> spec.budget() != null),
          rule("rollout", spec -> spec.rollout() != null),
          rule("rollbackTo", spec -> spec.rollbackTo() != null),
          rule("paused", spec -> Boolean.TRUE.equals(spec.paused())),
          rule("ttl", spec -> spec.ttl() != null));

  private static Rule rule(String field, Predicate<WhistlerProgramSpec> used) {
    String reason = "Unsupported" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
    return rule("spec." + field, reason, used);
  }

  private static Rule rule(String field, String reason, Predicate<WhistlerProgramSpec> used) {
    return new Rule(field, unsupported(field, reason), used);
  }

  /**
   * The first field of a program that cannot be honoured. The API server refuses nearly all of
   * this; what it stored under the rules of an older version comes here.
   */
  public static Optional<Refusal> of(WhistlerProgramSpec spec) {
    return RULES.stream()
        .filter(rule -> rule.used.test(spec))
        .map(Rule::refusal)
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(spec.nodeSelector())
                    .flatMap(Selector::defect)
                    .map(
                        defect ->
                            new Refusal(
                                Reason.INVALID_SELECTOR,
                                "The field spec.nodeSelector selects nothing: " + defect + ".")));
  }

  /** The fields that are refused, by reason. */
  public static SortedMap<String, String> fields() {
    return RULES.stream()
        .collect(
            Collectors.toMap(
                rule -> rule.refusal.reason, Rule::field, (one, other) -> one, TreeMap::new));
  }

  private static Refusal unsupported(String field, String reason) {
    return new Refusal(
        reason,
        "The field "
            + field
            + " is not supported yet by this version of Whistler; remove it to run the program.");
  }
}
