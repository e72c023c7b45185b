package dev.whistler.agent.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.agent.work.Loader.Pinned;
import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.Selector;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The next agent must know that what it finds is what it is to run, or it loads it again. */
final class PinnedNoteTest {

  private static final String ARTIFACT = "a".repeat(40);

  private static final RevisionPayload PAYLOAD =
      RevisionPayload.of(
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
          null);

  /** As agents pinned it before revisions had payloads. */
  private static final String FORMER =
      """
      {"spec":{"program":{"name":"forks","uid":"uid-of-forks"},"revision":7,"sourceDigest":"%s",\
      "tier":"act","knobs":{"level":"3"},"nodeSelector":{"matchLabels":{"zone":"left"}},\
      "sinks":[{"stdout":{}},{"file":{"name":"forks.json"}}]},"artifact":"%s","mapBytes":5}"""
          .formatted("0".repeat(64), ARTIFACT);

  @Test
  void anAssignmentIsReadAsItWasWritten() {
    assertThat(PinnedNote.read(PinnedNote.of(PAYLOAD, ARTIFACT, 1 << 30), "uid-of-forks"))
        .contains(new Pinned(Assignment.of(PAYLOAD, ARTIFACT), 1 << 30));
  }

  @Test
  void itEqualsWhatTheApiServerSays() {
    KubernetesSerialization api = new KubernetesSerialization();
    WhistlerRevision watched = new WhistlerRevision();
    watched.getMetadata().setName("forks-7");
    watched.setSpec(
        api.unmarshal(api.asJson(WhistlerRevisionSpec.of(PAYLOAD)), WhistlerRevisionSpec.class));
    Assignment assignment =
        new Assignment(RevisionReading.of(watched, Assignments.UNDERSTOOD), ARTIFACT);

    assertThat(PinnedNote.read(PinnedNote.of(PAYLOAD, ARTIFACT, 5), "uid-of-forks"))
        .contains(new Pinned(assignment, 5));
  }

  @Test
  void whatAnAgentWithoutPayloadsPinnedGoesOn() {
    assertThat(PinnedNote.read(FORMER.getBytes(UTF_8), "uid-of-forks"))
        .contains(new Pinned(Assignment.of(PAYLOAD, ARTIFACT), 5));
  }

  @Test
  void whatIsNoNoteOfTheProgramIsNone() {
    byte[] note = PinnedNote.of(PAYLOAD, ARTIFACT, 5);
    assertThat(PinnedNote.read(note, "uid-of-another")).isEmpty();
    for (String other :
        new String[] {
          "",
          "{}",
          "[]",
          "null",
          "{\"spec\":{},\"artifact\":\"a\"}",
          "{\"payload\":{},\"artifact\":\"a\"}"
        }) {
      assertThat(PinnedNote.read(other.getBytes(UTF_8), "uid-of-forks")).as(other).isEmpty();
    }
  }
}
