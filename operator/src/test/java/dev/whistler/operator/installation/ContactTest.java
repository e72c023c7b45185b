package dev.whistler.operator.installation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ContactTest {
  private long now = Long.MAX_VALUE - 10;
  private final Contact contact = new Contact(() -> now, Duration.ofNanos(50));

  @Test
  void timeCountsOnceItIsKnownThatTheApiServerWasThere() {
    now += 3;
    assertThat(contact.nanos()).isZero();
    contact.heard();
    assertThat(contact.nanos()).isEqualTo(3);
    now += 20;
    contact.heard();
    assertThat(contact.nanos()).isEqualTo(23);
  }

  /** Of a process that was stopped, or starved. */
  @Test
  void neitherIsTimeInWhichNobodyListened() {
    now += 51;
    contact.heard();
    assertThat(contact.nanos()).isZero();
    now += 50;
    contact.heard();
    assertThat(contact.nanos()).isEqualTo(50);
  }

  @Test
  void anOutageIsNoTime() {
    now += 3;
    contact.heard();
    now += 1_000;
    contact.lost();
    contact.lost();
    now += 1_000;
    contact.heard();
    assertThat(contact.nanos()).isEqualTo(3);
    now += 4;
    contact.heard();
    assertThat(contact.nanos()).isEqualTo(7);
  }
}
