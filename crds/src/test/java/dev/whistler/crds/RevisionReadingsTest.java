package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.RevisionReading.Readable;
import dev.whistler.crds.RevisionReading.Refused;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RevisionReadingsTest {
  private static final RevisionPayload PAYLOAD = Payloads.payload(3, Selector.ALL);

  private final RevisionReadings readings = new RevisionReadings(RevisionFeature.ALL);

  /** As each answer of the API server has its own objects. */
  private static WhistlerRevision received(String uid, RevisionPayload payload) {
    WhistlerRevision revision = Payloads.resource(WhistlerRevisionSpec.of(payload));
    revision.getMetadata().setUid(uid);
    return Serialization.unmarshal(Serialization.asJson(revision), WhistlerRevision.class);
  }

  @Test
  void aRevisionIsReadOnceHoweverOftenItsStatusChanges() {
    StoredRevision first = readings.of(received("uid", PAYLOAD));
    WhistlerRevision changed = received("uid", PAYLOAD);
    changed.setStatus(WhistlerRevisionStatus.of(Phase.ACTIVE, Map.of()));
    StoredRevision second = readings.of(changed);

    assertThat(first.reading()).isEqualTo(new Readable(PAYLOAD));
    assertThat(second.reading()).isSameAs(first.reading());
    assertThat(first.phase()).isEqualTo(Phase.PENDING);
    assertThat(second.phase()).isEqualTo(Phase.ACTIVE);
  }

  /** Who may write revisions may not have one pass for another that was read before. */
  @Test
  void anotherSpecOrNameUnderAKnownUidIsReadForItself() {
    var _ = readings.of(received("uid", PAYLOAD));
    RevisionPayload other = Payloads.payload(4, Selector.ALL);
    assertThat(readings.of(received("uid", other)).reading()).isEqualTo(new Readable(other));
    WhistlerRevision renamed = received("uid", other);
    renamed.getMetadata().setName("another");
    assertThat(readings.of(renamed).reading()).isInstanceOf(Refused.class);
  }

  @Test
  void noMoreAreRememberedThanMayBe() {
    for (int i = 0; i < RevisionReadings.REMEMBERED + 10; i++) {
      var _ = readings.of(received("uid-" + i, PAYLOAD));
    }
    assertThat(readings.size()).isEqualTo(RevisionReadings.REMEMBERED);
  }

  @Test
  void oneThatWasNotStoredYetIsReadAndNotRemembered() {
    WhistlerRevision revision = Payloads.resource(WhistlerRevisionSpec.of(PAYLOAD));
    revision.getMetadata().setUid(null);
    assertThat(readings.of(revision).reading()).isEqualTo(new Readable(PAYLOAD));
    assertThat(readings.size()).isZero();
  }
}
