package dev.whistler.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.object.SectionKind;
import dev.whistler.tier.table.SectionRule;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The loader and the check of tiers each have a table of sections: what one knows and the other
 * does not is checked as something else than it is loaded as.
 */
class SectionsTest {
  /** The loader takes what follows the slash for the direction of a classifier. */
  private static final Set<String> DIRECTIONS = Set.of("classifier/ingress", "classifier/egress");

  @Test
  void bothTablesKnowTheSameSections() throws Exception {
    Set<String> checked = new TreeSet<>(SectionRule.names());
    assertThat(checked).containsAll(DIRECTIONS);
    checked.removeAll(DIRECTIONS);
    assertThat(loaded()).isEqualTo(checked);
  }

  @Test
  void aClassifierIsLoadedAsOneWhateverItsDirection() {
    assertThat(DIRECTIONS)
        .allSatisfy(
            name ->
                assertThat(SectionKind.of(name).orElseThrow().type())
                    .isEqualTo(SectionKind.of("classifier").orElseThrow().type()));
  }

  private static Set<String> loaded() throws ReflectiveOperationException {
    Field table = SectionKind.class.getDeclaredField("TABLE");
    table.setAccessible(true);
    Set<String> names = new TreeSet<>();
    ((Map<?, ?>) table.get(null)).keySet().forEach(name -> names.add((String) name));
    return names;
  }
}
