package dev.whistler.agent.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.Digest;
import dev.whistler.crds.Gzip;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Only the object that the operator compiled for this program, source and machine is run. */
final class ArtifactLoaderTest {

  private static final byte[] OBJECT = "an object file".getBytes(UTF_8);

  private static final RevisionPayload PAYLOAD = Revisions.payload("forks", 1, null, Tier.OBSERVE);

  private static WhistlerArtifactSpec artifact(String uid, String architecture, byte[] content) {
    return artifact(uid, architecture, content, null);
  }

  private static WhistlerArtifactSpec artifact(
      String uid, String architecture, byte[] content, @Nullable String buildDigest) {
    return new WhistlerArtifactSpec(
        uid,
        "0".repeat(64),
        architecture,
        "1".repeat(64),
        Digest.of(OBJECT).hex(),
        Base64.getEncoder().encodeToString(Gzip.compress(content)),
        List.of(),
        null,
        buildDigest,
        null,
        List.of());
  }

  private static Assignment assigned(WhistlerArtifactSpec artifact) {
    return Assignment.of(PAYLOAD, artifact.name());
  }

  @Test
  void theObjectOfTheRevisionIsTaken() throws Exception {
    WhistlerArtifactSpec artifact = artifact("uid-of-forks", "x86-64", OBJECT);
    assertThat(ArtifactLoader.object(artifact, assigned(artifact), PAYLOAD, "x86-64"))
        .isEqualTo(OBJECT);
  }

  @Test
  void itIsRunInTheTierOfTheRevision() {
    for (Tier tier : Tier.values()) {
      assertThat(ArtifactLoader.tier(Revisions.payload("forks", 1, null, tier)).name())
          .isEqualTo(tier.name());
    }
  }

  @Test
  void anythingElseIsRefused() {
    refused(artifact("uid-of-another", "x86-64", OBJECT), "belongs to another program");
    refused(artifact("uid-of-forks", "arm64", OBJECT), "is for another architecture");
    refused(artifact("uid-of-forks", "x86-64", "other bytes".getBytes(UTF_8)), "the digest");
  }

  /** Its source would be the right one. */
  @Test
  void anArtifactOfAnotherBuildIsRefused() throws Exception {
    WhistlerArtifactSpec right = artifact("uid-of-forks", "x86-64", OBJECT, PAYLOAD.buildDigest());
    assertThat(ArtifactLoader.object(right, assigned(right), PAYLOAD, "x86-64")).isEqualTo(OBJECT);
    String unrestricted = Revisions.payload("forks", 1, null, Tier.UNRESTRICTED).buildDigest();
    refused(artifact("uid-of-forks", "x86-64", OBJECT, unrestricted), "with another tier");
  }

  @Test
  void anArtifactUnderAnotherNameIsRefused() {
    WhistlerArtifactSpec artifact = artifact("uid-of-forks", "x86-64", OBJECT);
    Assignment assignment = Assignment.of(PAYLOAD, "f".repeat(40));
    assertThatThrownBy(() -> ArtifactLoader.object(artifact, assignment, PAYLOAD, "x86-64"))
        .isInstanceOf(StartException.class);
  }

  private static void refused(WhistlerArtifactSpec artifact, String why) {
    assertThatThrownBy(() -> ArtifactLoader.object(artifact, assigned(artifact), PAYLOAD, "x86-64"))
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.TAMPERED))
        .hasMessageContaining(why);
  }
}
