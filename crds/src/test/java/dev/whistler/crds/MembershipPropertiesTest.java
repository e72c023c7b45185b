package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Membership.Choice;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** What holds of every roll-out, however far it is. */
final class MembershipPropertiesTest {
  private static final List<String> NODES = List.of("n1", "n2", "n3", "n4", "n5", "n6");
  private static final List<String> KERNELS = List.of("k1", "k2", "k3");
  private static final List<String> ZONES = List.of("a", "b");

  @Property(edgeCases = EdgeCasesMode.NONE)
  void atMostOneRevisionIsTheTargetAndEachIsAskedOfItsOwnKernel(
      @ForAll("programs") List<StoredRevision> program, @ForAll("nodes") Node node) {
    Membership membership = of(program, node);

    assertThat(numbers(membership.run()))
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Collections.reverseOrder());
    List<Choice> all = new ArrayList<>(membership.run());
    membership.verify().ifPresent(all::add);
    for (Choice choice : all) {
      assertThat(choice.artifact())
          .as("the artifact of this kernel and revision")
          .isEqualTo(artifact(choice.revision().number(), node.kernel));
      assertThat(choice.revision().bindings()).containsKey(node.kernel);
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theOrderInWhichRevisionsComeDoesNotMatter(
      @ForAll("programs") List<StoredRevision> program,
      @ForAll("nodes") Node node,
      @ForAll Random random) {
    List<StoredRevision> shuffled = new ArrayList<>(program);
    Collections.shuffle(shuffled, random);

    assertThat(of(shuffled, node)).isEqualTo(of(program, node));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void whoHasComeByARevisionKeepsItAsTheShareGrows(
      @ForAll("programs") List<StoredRevision> program,
      @ForAll("nodes") Node node,
      @ForAll @IntRange(max = 100) int percent,
      @ForAll @IntRange(max = 100) int more) {
    Set<Long> before = new HashSet<>(reachedBy(program, node, percent));
    Set<Long> after = new HashSet<>(reachedBy(program, node, Math.min(100, percent + more)));

    assertThat(after).containsAll(before);
  }

  /** Whatever the selectors say: they are all taken away. */
  private static List<Long> reachedBy(List<StoredRevision> program, Node node, int percent) {
    return numbers(
        of(
                program.stream()
                    .map(
                        it -> Payloads.stored(it.number(), null, withPercent(it.status(), percent)))
                    .toList(),
                node)
            .run());
  }

  private static @Nullable WhistlerRevisionStatus withPercent(
      @Nullable WhistlerRevisionStatus status, int percent) {
    return status == null
        ? null
        : new WhistlerRevisionStatus(
            status.phase(),
            status.verifiers(),
            status.canaries(),
            percent,
            status.paused(),
            status.bindings(),
            Map.of());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void everybodyIsReachedAtTheEndAndOnlyCanariesAtTheBeginning(
      @ForAll("nodes") Node node, @ForAll("names") List<String> canaries) {
    StoredRevision before = Payloads.stored(1, null, active(1));

    assertThat(target(List.of(before, rolling(canaries, 100)), node)).contains(2L);
    assertThat(target(List.of(before, rolling(canaries, 0)), node))
        .contains(canaries.contains(node.name) ? 2L : 1L);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theNewestRevisionThatReachesANodeSelectsOrDeselectsIt(
      @ForAll("programs") List<StoredRevision> program, @ForAll("nodes") Node node) {
    Optional<StoredRevision> newest =
        program.stream()
            .filter(it -> reaches(it, node))
            .max(java.util.Comparator.comparingLong(StoredRevision::number));
    boolean selected =
        newest.isPresent() && newest.get().reading().selects(node.labels()).orElse(true);

    if (!selected) {
      assertThat(of(program, node).run()).isEmpty();
    } else if (newest.get().bindings().containsKey(node.kernel)) {
      assertThat(target(program, node)).contains(newest.get().number());
    }
  }

  /** Told by what the function says of the revision alone, on a kernel that it is bound to. */
  private static boolean reaches(StoredRevision revision, Node node) {
    if (revision.status() == null) {
      return false;
    }
    StoredRevision alone =
        Payloads.stored(
            revision.number(),
            null,
            new WhistlerRevisionStatus(
                revision.status().phase(),
                revision.status().verifiers(),
                revision.status().canaries(),
                revision.status().percent(),
                null,
                Map.of("k", Binding.to("a")),
                Map.of()));
    return !Membership.of(List.of(alone), node.name, Map.of(), List.of("k")).run().isEmpty();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void onlyVerifiersVerifyAndOnlyWhatIsNewerThanWhatTheyRun(
      @ForAll("programs") List<StoredRevision> program, @ForAll("nodes") Node node) {
    Membership membership = of(program, node);
    membership
        .verify()
        .ifPresent(
            choice -> {
              assertThat(choice.revision().phase()).isEqualTo(Phase.VERIFYING);
              assertThat(choice.revision().status().verifiers()).contains(node.name);
              assertThat(numbers(membership.run()))
                  .allSatisfy(number -> assertThat(number).isLessThan(choice.revision().number()));
            });
  }

  private record Node(String name, String zone, String kernel) {
    Map<String, String> labels() {
      return Map.of("zone", zone);
    }
  }

  private static Membership of(List<StoredRevision> program, Node node) {
    return Membership.of(program, node.name, node.labels(), List.of(node.kernel));
  }

  private static Optional<Long> target(List<StoredRevision> program, Node node) {
    return numbers(of(program, node).run()).stream().findFirst();
  }

  private static List<Long> numbers(List<Choice> choices) {
    return choices.stream().map(choice -> choice.revision().number()).toList();
  }

  private static String artifact(long number, String kernel) {
    return "artifact-" + number + "-" + kernel;
  }

  private static WhistlerRevisionStatus active(long number) {
    return WhistlerRevisionStatus.of(Phase.ACTIVE, bindings(number, KERNELS));
  }

  private static Map<String, Binding> bindings(long number, List<String> kernels) {
    Map<String, Binding> bindings = new HashMap<>();
    kernels.forEach(kernel -> bindings.put(kernel, Binding.to(artifact(number, kernel))));
    return bindings;
  }

  private static StoredRevision rolling(List<String> canaries, int percent) {
    return Payloads.stored(
        2,
        null,
        new WhistlerRevisionStatus(
            Phase.ROLLING, List.of(), canaries, percent, null, bindings(2, KERNELS), Map.of()));
  }

  @Provide
  Arbitrary<Node> nodes() {
    return Combinators.combine(
            Arbitraries.of(NODES), Arbitraries.of(ZONES), Arbitraries.of(KERNELS))
        .as(Node::new);
  }

  @Provide
  Arbitrary<List<String>> names() {
    return Arbitraries.of(NODES).list().uniqueElements().ofMaxSize(NODES.size());
  }

  @Provide
  Arbitrary<List<StoredRevision>> programs() {
    return Arbitraries.integers()
        .between(1, 5)
        .flatMap(
            count -> {
              List<Arbitrary<StoredRevision>> all = new ArrayList<>();
              for (long number = 1; number <= count; number++) {
                all.add(revisions(number));
              }
              return Combinators.combine(all).as(list -> list);
            });
  }

  private Arbitrary<StoredRevision> revisions(long number) {
    Arbitrary<@Nullable Selector> selectors =
        Arbitraries.of(ZONES).map(zone -> Selector.label("zone", zone)).injectNull(0.4);
    Arbitrary<WhistlerRevisionStatus> statuses =
        Combinators.combine(
                Arbitraries.of(Phase.class),
                names(),
                names(),
                Arbitraries.integers().between(0, 100).injectNull(0.1),
                Arbitraries.of(true, false),
                Arbitraries.of(KERNELS).list().uniqueElements().ofMaxSize(KERNELS.size()))
            .as(
                (phase, verifiers, canaries, percent, paused, kernels) ->
                    new WhistlerRevisionStatus(
                        phase,
                        verifiers,
                        canaries,
                        percent,
                        paused,
                        bindings(number, kernels),
                        Map.of()));
    return Combinators.combine(selectors, statuses.injectNull(0.1))
        .as((selector, status) -> Payloads.stored(number, selector, status));
  }
}
