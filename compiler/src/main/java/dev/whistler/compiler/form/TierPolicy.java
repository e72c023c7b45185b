package dev.whistler.compiler.form;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.ResolvedSection;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.StaticType;
import dev.whistler.tier.Tier;
import dev.whistler.tier.table.HelperRule;
import dev.whistler.tier.table.SectionRule;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What the tier that the caller states forbids (section 19.8), as far as a form shows it. Here the
 * form is known best; what decides is the check of the object ({@code dev.whistler.tier}), by the
 * same tables.
 */
final class TierPolicy {
  private TierPolicy() {}

  private static CompilationOptions.Tier tier(BodyAnalyzer body) {
    return body.unit().request().options().tier();
  }

  /** Refuses a helper that the tier does not list. */
  static void checkHelper(Helper helper, BodyAnalyzer body, Origin at) {
    Tier tier = tier(body).rules();
    boolean allowed =
        tier == Tier.UNRESTRICTED
            || HelperRule.of(helper.id()).filter(rule -> tier.allows(rule.tier())).isPresent();
    if (!allowed) {
      refuse("the helper " + helper.name(), body, at);
    }
  }

  private static void refuse(String what, BodyAnalyzer body, Origin at) {
    body.report(
        Code.E_POLICY,
        at,
        what + " is not allowed in the tier " + tier(body).name().toLowerCase(Locale.ROOT),
        "ask for a higher tier, or only observe");
  }

  /** Refuses a store to a packet. */
  static void checkStore(BodyAnalyzer body, StaticType pointer, Origin at) {
    if (tier(body) == CompilationOptions.Tier.OBSERVE
        && pointer instanceof PointerType p
        && (p.region() == Region.PACKET || p.region() == Region.CONTEXT)) {
      refuse("a store to a packet", body, at);
    }
  }

  static void checkContextStore(BodyAnalyzer body, Origin at) {
    if (tier(body) == CompilationOptions.Tier.OBSERVE) {
      refuse("a store to the context", body, at);
    }
  }

  /** The constant that every exit of a program must return, if the tier says so. */
  static OptionalLong passValue(CompilationOptions.Tier tier, ResolvedSection section) {
    return SectionRule.of(section.canonical())
        .map(rule -> rule.returns(tier.rules()))
        .orElse(OptionalLong.empty());
  }
}
