package dev.whistler.agent.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.agent.work.Loader.Pinned;
import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.Selector;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerRevisionSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The next agent must know that what it finds is what it is to run, or it loads it again. */
final class PinnedNoteTest {

  private static final WhistlerRevisionSpec SPEC =
      new WhistlerRevisionSpec(
          new WhistlerRevisionSpec.ProgramReference("forks", "uid-of-forks"),
          7,
          "0".repeat(64),
          Tier.ACT,
          Map.of("level", "3"),
          Selector.label("zone", "left"),
          null,
          List.of(),
          List.of(),
          List.of(ProgramSink.toStdout(), ProgramSink.toFile("forks.json")),
          List.of(),
          List.of(),
          null,
          null);

  @Test
  void anAssignmentIsReadAsItWasWritten() {
    Assignment assignment = new Assignment(SPEC, "a".repeat(40));
    assertThat(PinnedNote.read(PinnedNote.of(assignment, 1 << 30), "uid-of-forks"))
        .contains(new Pinned(assignment, 1 << 30));
  }

  @Test
  void itEqualsWhatTheApiServerSays() {
    KubernetesSerialization api = new KubernetesSerialization();
    WhistlerRevisionSpec watched = api.unmarshal(api.asJson(SPEC), WhistlerRevisionSpec.class);
    Assignment assignment = new Assignment(watched, "a".repeat(40));
    assertThat(PinnedNote.read(PinnedNote.of(assignment, 5), "uid-of-forks"))
        .contains(new Pinned(new Assignment(SPEC, "a".repeat(40)), 5));
  }

  @Test
  void whatIsNoNoteOfTheProgramIsNone() {
    byte[] note = PinnedNote.of(new Assignment(SPEC, "a".repeat(40)), 5);
    assertThat(PinnedNote.read(note, "uid-of-another")).isEmpty();
    for (String other : new String[] {"", "{}", "[]", "null", "{\"spec\":{},\"artifact\":\"a\"}"}) {
      assertThat(PinnedNote.read(other.getBytes(UTF_8), "uid-of-forks")).as(other).isEmpty();
    }
  }
}
