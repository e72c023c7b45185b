package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.RevisionReading.Refused;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Agents do what this says; the operator counts by it. */
final class MembershipTest {
  private static final String PROFILE = "c".repeat(40);
  private static final Map<String, String> ZONE_A = Map.of("zone", "a");

  @Test
  void theNewestActiveRevisionRuns() {
    assertThat(
            run(
                revision(1, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(2, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(3, Phase.PENDING, Selector.ALL, "k1"),
                Payloads.stored(4, null, null)))
        .containsExactly(2L, 1L);
  }

  @Test
  void aKernelWithoutArtifactGoesOnWithTheRevisionBefore() {
    assertThat(
            run(
                revision(1, Phase.ACTIVE, Selector.ALL, "k1"),
                revision(2, Phase.ACTIVE, Selector.ALL, "another-kernel")))
        .containsExactly(1L);
  }

  @Test
  void theNewestRevisionThatReachesANodeDecidesWhetherItIsSelected() {
    StoredRevision everywhere = revision(1, Phase.ACTIVE, Selector.ALL, "k1");
    assertThat(run(everywhere, revision(2, Phase.ACTIVE, Selector.label("zone", "b"), "k1")))
        .isEmpty();
    assertThat(run(everywhere, revision(2, Phase.PENDING, Selector.label("zone", "b"), "k1")))
        .containsExactly(1L);
    assertThat(run(everywhere, canary(2, Selector.label("zone", "b"), "another-node")))
        .containsExactly(1L);
    assertThat(run(everywhere, canary(2, Selector.label("zone", "b"), "node"))).isEmpty();
  }

  @Test
  void supersededAndDeletedRevisionsDoNotRun() {
    StoredRevision deleted = revision(2, Phase.ACTIVE, Selector.ALL, "k1");
    assertThat(
            run(
                revision(1, Phase.SUPERSEDED, Selector.ALL, "k1"),
                new StoredRevision(deleted.reading(), deleted.status(), true)))
        .isEmpty();
    assertThat(run()).isEmpty();
  }

  @Test
  void verifiersTryItWhileAllRunTheOneBefore() {
    StoredRevision before = revision(1, Phase.ACTIVE, Selector.ALL, "k1");
    StoredRevision next = verifying(2, Selector.ALL, "node");

    Membership verifier = of(before, next);
    assertThat(numbers(verifier)).containsExactly(1L);
    assertThat(verifier.verify().map(choice -> choice.revision().number())).contains(2L);
    assertThat(Membership.of(List.of(before, next), "other", ZONE_A, List.of("k1")).verify())
        .isEmpty();
    assertThat(of(before, verifying(2, Selector.label("zone", "b"), "node")).verify())
        .as("one that it does not select")
        .isEmpty();
    assertThat(of(next).run()).as("there is none before").isEmpty();
    assertThat(of(next).verify()).isPresent();
    assertThat(of(next, revision(3, Phase.ACTIVE, Selector.ALL, "k1")).verify())
        .as("what a newer one has overtaken")
        .isEmpty();
  }

  @Test
  void aRollOutReachesCanariesAndAShare() {
    StoredRevision before = revision(1, Phase.ACTIVE, Selector.ALL, "k1");
    assertThat(run(before, rolling(2, 0, List.of()))).containsExactly(1L);
    assertThat(run(before, rolling(2, 0, List.of("node")))).containsExactly(2L, 1L);
    assertThat(run(before, rolling(2, 100, List.of()))).containsExactly(2L, 1L);
    assertThat(run(before, rolling(2, null, List.of())))
        .as("nobody has said how many")
        .containsExactly(1L);
    int share = Membership.share("node", "uid");
    assertThat(run(before, rolling(2, share, List.of()))).containsExactly(1L);
    assertThat(run(before, rolling(2, share + 1, List.of()))).containsExactly(2L, 1L);
  }

  @Test
  void whatIsPausedRunsOn() {
    StoredRevision rolling = rolling(2, 100, List.of());
    WhistlerRevisionStatus status =
        new WhistlerRevisionStatus(
            Phase.ROLLING, List.of(), List.of(), 100, true, bound("k1"), Map.of());
    assertThat(run(rolling.withStatus(status))).containsExactly(2L);
  }

  @Test
  void whatCannotBeReadIsToldWhereItWouldRunAndTheOneBeforeGoesOn() {
    StoredRevision before = revision(1, Phase.ACTIVE, Selector.label("zone", "a"), "k1");
    assertThat(run(before, unreadable(2, Optional.empty()))).containsExactly(2L, 1L);
    assertThat(run(unreadable(2, Optional.empty()))).containsExactly(2L);
    assertThat(run(before, unreadable(2, Optional.of(Selector.label("zone", "b"))))).isEmpty();
    assertThat(
            Membership.of(
                    List.of(before, unreadable(2, Optional.empty())),
                    "node",
                    Map.of(),
                    List.of("k1"))
                .run())
        .as("a node that the one before does not select")
        .isEmpty();
  }

  @Test
  void nodesAreSpreadEvenlyAndForEachProgramInAnotherWay() {
    int[] counts = new int[Membership.SHARES];
    int same = 0;
    for (int i = 0; i < 20_000; i++) {
      int share = Membership.share("node-" + i, "uid-1");
      counts[share]++;
      same += share == Membership.share("node-" + i, "uid-2") ? 1 : 0;
    }
    assertThat(Arrays.stream(counts).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(140, 260));
    assertThat(same).isBetween(140, 260);
  }

  /** Else all programs of a node would end when its agent begins to tell types. */
  @Test
  void whatIsBoundForTheProfileAloneServesUntilTheTypesHaveTheirs() {
    List<String> kernels =
        Kernel.of(PROFILE, new TypesPieces(List.of("a".repeat(40)), List.of("b".repeat(40))))
            .identities();
    Map<String, Binding> before = Map.of(KernelIdentity.of(PROFILE, null), Binding.to("old"));
    Map<String, Binding> after = new HashMap<>(before);
    after.put(kernels.getFirst(), Binding.to("new"));

    assertThat(artifact(before, kernels)).isEqualTo("old");
    assertThat(artifact(after, kernels)).isEqualTo("new");
    assertThat(artifact(after, Kernel.of(PROFILE, null).identities())).isEqualTo("old");
  }

  private static String artifact(Map<String, Binding> bindings, List<String> kernels) {
    StoredRevision revision =
        Payloads.stored(1, Selector.ALL, WhistlerRevisionStatus.of(Phase.ACTIVE, bindings));
    return Membership.of(List.of(revision), "node", ZONE_A, kernels).run().getFirst().artifact();
  }

  private static Membership of(StoredRevision... revisions) {
    return Membership.of(List.of(revisions), "node", ZONE_A, List.of("k1"));
  }

  private static List<Long> run(StoredRevision... revisions) {
    return numbers(of(revisions));
  }

  private static List<Long> numbers(Membership membership) {
    return membership.run().stream().map(choice -> choice.revision().number()).toList();
  }

  private static Map<String, Binding> bound(String kernel) {
    return Map.of(kernel, Binding.to("artifact"));
  }

  private static StoredRevision revision(
      long number, Phase phase, Selector selector, String kernel) {
    return Payloads.stored(number, selector, WhistlerRevisionStatus.of(phase, bound(kernel)));
  }

  private static StoredRevision canary(long number, Selector selector, String canary) {
    return Payloads.stored(
        number,
        selector,
        new WhistlerRevisionStatus(
            Phase.CANARY, List.of(), List.of(canary), null, null, bound("k1"), Map.of()));
  }

  private static StoredRevision verifying(long number, Selector selector, String verifier) {
    return Payloads.stored(
        number,
        selector,
        new WhistlerRevisionStatus(
            Phase.VERIFYING, List.of(verifier), List.of(), null, null, bound("k1"), Map.of()));
  }

  private static StoredRevision rolling(
      long number, @Nullable Integer percent, List<String> canaries) {
    return Payloads.stored(
        number,
        Selector.ALL,
        new WhistlerRevisionStatus(
            Phase.ROLLING, List.of(), canaries, percent, null, bound("k1"), Map.of()));
  }

  private static StoredRevision unreadable(long number, Optional<Selector> nodes) {
    return new StoredRevision(
        new Refused(Payloads.FORKS, number, NodeReason.AGENT_TOO_OLD, "Update.", nodes),
        WhistlerRevisionStatus.of(Phase.ACTIVE, bound("k1")),
        false);
  }
}
