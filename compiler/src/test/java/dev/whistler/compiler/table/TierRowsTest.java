package dev.whistler.compiler.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.type.MapType;
import dev.whistler.tier.table.HelperRule;
import dev.whistler.tier.table.MapRule;
import dev.whistler.tier.table.SectionRule;
import org.junit.jupiter.api.Test;

/** What the language knows has a row in the tables of the tiers: without it, it is refused. */
class TierRowsTest {
  @Test
  void everyHelperHasItsRow() {
    for (Helper helper : Helpers.all()) {
      HelperRule rule = HelperRule.of(helper.id()).orElse(null);
      assertThat(rule).as("a row for %s in the tier's helpers.txt", helper.name()).isNotNull();
      assertThat(rule.name()).isEqualTo(helper.name());
      for (int i = 0; i < helper.parameters().size(); i++) {
        Parameter parameter = helper.parameters().get(i);
        HelperRule.Argument argument =
            i < rule.arguments().size() ? rule.arguments().get(i) : new HelperRule.Argument.Other();
        String name = helper.name() + " " + parameter;
        boolean written =
            parameter instanceof Parameter.ValueBytes
                || parameter instanceof Parameter.Memory m && m.access() != Parameter.Access.READ;
        if (parameter instanceof Parameter.MapOf) {
          assertThat(argument).as(name).isInstanceOf(HelperRule.Argument.OfMap.class);
        } else if (parameter instanceof Parameter.Callback) {
          assertThat(argument).as(name).isInstanceOf(HelperRule.Argument.Callback.class);
        } else if (written) {
          assertThat(argument)
              .as(name)
              .isInstanceOfAny(
                  HelperRule.Argument.Written.class,
                  HelperRule.Argument.WrittenBytes.class,
                  HelperRule.Argument.WrittenBuffer.class);
        }
      }
    }
    assertThat(HelperRule.all()).hasSameSizeAs(Helpers.all());
  }

  @Test
  void everySectionAndMapTypeHasItsRow() {
    for (Sections.Row row : Sections.rows()) {
      assertThat(SectionRule.names())
          .as("a row for %s in the tier's sections.txt", row.name())
          .contains(row.name());
    }
    for (MapType type : MapType.values()) {
      assertThat(MapRule.of(type.number())).as("%s", type).isPresent();
    }
  }
}
