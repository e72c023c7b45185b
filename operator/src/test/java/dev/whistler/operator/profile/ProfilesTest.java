package dev.whistler.operator.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.MalformedContentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ProfilesTest {
  private final Profiles profiles = new Profiles();

  @Test
  void aProfileThatIsRightIsAKernelThatAnswers() throws MalformedContentException {
    KernelProfileContent content = content("x86-64");
    profiles.put(content.digest().name(), content.toSpec());

    assertThat(profiles.knowledge(content.digest().name()))
        .isInstanceOfSatisfying(
            KernelKnowledge.Known.class,
            known ->
                assertThat(known.kernel().tracepointNames()).containsExactly("sched/sched_switch"));
  }

  @Test
  void aProfileThatIsNotThereIsAwaited() {
    assertThat(profiles.knowledge("a".repeat(40))).isInstanceOf(KernelKnowledge.Awaited.class);
  }

  @Test
  void aProfileUnderAForeignNameIsMalformed() throws MalformedContentException {
    profiles.put("a".repeat(40), content("x86-64").toSpec());

    assertThat(profiles.knowledge("a".repeat(40))).isInstanceOf(KernelKnowledge.Malformed.class);
  }

  @Test
  void aProfileWithAWrongDigestIsMalformedUntilItIsReplaced() throws MalformedContentException {
    KernelProfileContent content = content("x86-64");
    String name = content.digest().name();
    KernelProfileSpec right = content.toSpec();
    profiles.put(
        name,
        new KernelProfileSpec(
            right.architecture(), right.digest(), content("arm64").toSpec().content()));
    assertThat(profiles.knowledge(name)).isInstanceOf(KernelKnowledge.Malformed.class);

    profiles.put(name, right);
    assertThat(profiles.knowledge(name)).isInstanceOf(KernelKnowledge.Known.class);
  }

  @Test
  void whatNodesAnnounceAndNobodyUploadedIsWantedUpToALimit() throws MalformedContentException {
    KernelProfileContent content = content("x86-64");
    profiles.put(content.digest().name(), content.toSpec());

    assertThat(profiles.wanted(announced(content.digest().name(), "b", "a", "c"), 2))
        .containsExactly("a", "b");
  }

  @Test
  void aRefusedNameIsWantedAgainAfterAWhile() {
    long[] now = {0};
    Profiles waiting = new Profiles(1 << 20, () -> now[0]);
    waiting.refuse("a");

    now[0] = Quarantine.TIME.toNanos();
    assertThat(waiting.wanted(announced("a", "b"), 9)).containsExactly("b");
    now[0]++;
    assertThat(waiting.wanted(announced("a"), 9)).containsExactly("a");
  }

  @Test
  void whatMadeRoomForOthersIsReadAgain() throws MalformedContentException {
    Profiles small = new Profiles(400, () -> 0);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      KernelProfileContent content = ofEvents("sched/event" + i, "irq/shared");
      small.put(content.digest().name(), content.toSpec());
      names.add(content.digest().name());
    }
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5; i++) {
        KernelKnowledge knowledge = small.knowledge(names.get(i));
        assertThat(((KernelKnowledge.Known) knowledge).kernel().tracepointNames())
            .containsExactly("irq/shared", "sched/event" + i);
        assertThat(small.bytes()).isPositive().isLessThanOrEqualTo(400);
      }
    }
  }

  @Test
  void oneNodeThatAnnouncesOneAfterTheOtherGetsFew() {
    long[] now = {0};
    Profiles hourly = new Profiles(1 << 20, () -> now[0]);
    int granted = 0;
    for (int second = 0; second < 3_600; second++) {
      now[0] = second * 1_000_000_000L;
      granted += hourly.wanted(Map.of("p" + second, List.of("stolen")), 20).size();
    }
    assertThat(granted).isEqualTo(UploadBudget.OF_NODE + 5);
  }

  @Test
  void whileThereAreTooManyNoMoreAreWanted() {
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < 63; i++) {
      profiles.put("p" + i, new KernelProfileSpec("x86-64", "0".repeat(64), large));
    }
    assertThat(profiles.wanted(announced("new"), 9)).containsExactly("new");
    profiles.put("last", new KernelProfileSpec("x86-64", "0".repeat(64), large));
    assertThat(profiles.isFull()).isTrue();
    assertThat(profiles.wanted(announced("new"), 9)).isEmpty();
    profiles.remove("p7");
    assertThat(profiles.wanted(announced("new"), 9)).containsExactly("new");
  }

  /** Each by a node of its own. */
  private static Map<String, List<String>> announced(String... names) {
    return Stream.of(names).collect(Collectors.toMap(it -> it, it -> List.of("node-of-" + it)));
  }

  private static KernelProfileContent ofEvents(String... events) {
    return KernelProfileContent.of(
        "x86-64",
        Stream.of(events).collect(Collectors.toMap(it -> it, it -> "name: x\nformat:\n")),
        Set.of());
  }

  private static KernelProfileContent content(String architecture) {
    return KernelProfileContent.of(
        architecture,
        Map.of("sched/sched_switch", "name: sched_switch\nID: 7\nformat:\n"),
        Set.of());
  }
}
