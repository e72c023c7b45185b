package dev.whistler.compiler.check;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
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
public record TierPolicy(CompilationOptions.Tier tier) {
  /** Refuses a helper that the tier does not list. */
  public void checkHelper(Helper helper, Diagnostics diagnostics, Origin at) {
    Tier rules = tier.rules();
    boolean allowed =
        rules == Tier.UNRESTRICTED
            || HelperRule.of(helper.id()).filter(rule -> rules.allows(rule.tier())).isPresent();
    if (!allowed) {
      refuse("the helper " + helper.name(), diagnostics, at);
    }
  }

  private void refuse(String what, Diagnostics diagnostics, Origin at) {
    diagnostics.report(Message.TIER_FORBIDS, at, what, tier.name().toLowerCase(Locale.ROOT));
  }

  /** Refuses a store to a packet. */
  public void checkStore(StaticType pointer, Diagnostics diagnostics, Origin at) {
    if (tier == CompilationOptions.Tier.OBSERVE
        && pointer instanceof PointerType p
        && (p.region() == Region.PACKET || p.region() == Region.CONTEXT)) {
      refuse("a store to a packet", diagnostics, at);
    }
  }

  public void checkContextStore(Diagnostics diagnostics, Origin at) {
    if (tier == CompilationOptions.Tier.OBSERVE) {
      refuse("a store to the context", diagnostics, at);
    }
  }

  /** The constant that every exit of a program must return, if the tier says so. */
  public OptionalLong passValue(ResolvedSection section) {
    return SectionRule.of(section.canonical())
        .map(rule -> rule.returns(tier.rules()))
        .orElse(OptionalLong.empty());
  }
}
