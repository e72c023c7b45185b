package dev.whistler.operator.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class UploadBudgetTest {
  private long now;
  private final UploadBudget budget = new UploadBudget(UploadBudget.PROFILES, () -> now);

  private Set<String> granted(Map<String, List<String>> missing) {
    return budget.granted(new TreeMap<>(missing));
  }

  @Test
  void aFleetThatRebootsIntoOneNewKernelPaysOnce() {
    List<String> fleet = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      fleet.add("node-" + i);
    }
    assertThat(granted(Map.of("new", fleet))).containsExactly("new");
    assertThat(granted(Map.of("new", fleet))).containsExactly("new");
    assertThat(budget.nodes()).isEqualTo(1);
  }

  @Test
  void aFleetOfThreeHundredKernelsIsAskedForAllAtOnce() {
    Map<String, List<String>> missing = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      missing.put("p" + i, List.of("node-" + i));
    }
    assertThat(granted(missing)).hasSize(300);
  }

  /** A flood keeps out neither what was granted nor what others announce. */
  @Test
  void aStolenNodeSpendsItsOwnTokensOnly() {
    assertThat(granted(Map.of("of-other", List.of("other")))).containsExactly("of-other");
    for (int i = 0; i < 10_000; i++) {
      Set<String> granted =
          granted(Map.of("of-other", List.of("other"), "p" + i, List.of("stolen")));
      assertThat(granted).contains("of-other");
      assertThat(granted.contains("p" + i)).isEqualTo(i < UploadBudget.OF_NODE);
    }
    assertThat(
            granted(Map.of("of-other", List.of("other"), "of-third", List.of("stolen", "third"))))
        .containsExactlyInAnyOrder("of-other", "of-third");
  }

  @Test
  void nothingIsKeptOfNodesThatAreQuietAgain() {
    for (int i = 0; i < 100; i++) {
      var _ = granted(Map.of("p" + i, List.of("node-" + i)));
    }
    assertThat(budget.nodes()).isEqualTo(100);
    now += UploadBudget.NODE_INTERVAL.toNanos();
    assertThat(granted(Map.of())).isEmpty();
    assertThat(budget.nodes()).isZero();
  }

  /** However announcements are spread over the time: never more than what fits into it. */
  @Property(tries = 200)
  void noNodeAndNoClusterGetsMoreThanItsBucketsAllow(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int nodes) {
    long[] time = {0};
    UploadBudget ofThisTry = new UploadBudget(UploadBudget.PROFILES, () -> time[0]);
    Random random = new Random(seed);
    Map<String, Integer> newlyGranted = new HashMap<>();
    Set<String> before = new HashSet<>();
    int all = 0;
    for (int step = 0; step < 300; step++) {
      time[0] += random.nextLong(Duration.ofSeconds(20).toNanos());
      Map<String, List<String>> missing = new HashMap<>();
      for (int i = 0; i < nodes; i++) {
        if (random.nextBoolean()) {
          missing.put("p" + random.nextInt() + "-" + i, List.of("node-" + i));
        }
      }
      Set<String> granted = ofThisTry.granted(new TreeMap<>(missing));
      for (String name : granted) {
        if (!before.contains(name)) {
          newlyGranted.merge(missing.get(name).getFirst(), 1, Integer::sum);
          all++;
        }
      }
      before = granted;
    }
    long ofNode = UploadBudget.OF_NODE + time[0] / UploadBudget.NODE_INTERVAL.toNanos() + 1;
    long ofCluster =
        UploadBudget.OF_CLUSTER + time[0] / UploadBudget.CLUSTER_INTERVAL.toNanos() + 1;
    assertThat(newlyGranted.values()).allMatch(count -> count <= ofNode);
    assertThat((long) all).isLessThanOrEqualTo(ofCluster);
  }
}
