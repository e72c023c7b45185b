package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.operator.reconcile.EventPacing.Due;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class EventPacingTest {
  // A clock may begin anywhere, also shortly before it wraps round.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final EventPacing<String> pacing = new EventPacing<>(clock::get);

  @Test
  void theFirstNewsIsToldAtOnce() {
    assertThat(pacing.offer("a", "one")).contains(new Due<>("one", 1));
    assertThat(pacing.offer("b", "two")).contains(new Due<>("two", 1));
  }

  @Test
  void theSameWithinAMinuteIsHeldBackAndCounted() {
    pacing.offer("a", "one");
    for (int i = 2; i <= 30; i++) {
      pass(Duration.ofSeconds(1));
      assertThat(pacing.offer("a", "news " + i)).isEmpty();
    }
    assertThat(pacing.due()).isEmpty();
    pass(Duration.ofSeconds(31));
    assertThat(pacing.due()).containsExactly(new Due<>("news 30", 29));
    assertThat(pacing.due()).isEmpty();
  }

  @Test
  void whatWasHeldBackIsToldWithTheNextOne() {
    pacing.offer("a", "one");
    pacing.offer("a", "two");
    pass(EventPacing.INTERVAL);
    assertThat(pacing.offer("a", "three")).contains(new Due<>("three", 2));
  }

  @Test
  void whatIsWrittenLateIsAWriteTooAndTheNextWaitsAgain() {
    pacing.offer("a", "one");
    pacing.offer("a", "two");
    pass(EventPacing.INTERVAL);
    assertThat(pacing.due()).hasSize(1);
    assertThat(pacing.offer("a", "three")).isEmpty();
  }

  @Test
  void nothingIsToldAgainThatDidNotHappenAgain() {
    pacing.offer("a", "one");
    pass(EventPacing.INTERVAL.multipliedBy(2));
    assertThat(pacing.due()).isEmpty();
  }

  @Test
  void whatIsRememberedIsBounded() {
    for (int i = 0; i <= EventPacing.MAX_KINDS; i++) {
      pacing.offer("kind " + i, "one");
    }
    assertThat(pacing.offer("kind 0", "forgotten")).isPresent();
    assertThat(pacing.offer("kind " + EventPacing.MAX_KINDS, "known")).isEmpty();
  }

  @Test
  void ofWhatIsForgottenNothingIsToldAndTheNextIsNews() {
    pacing.offer("a 1", "one");
    pacing.offer("a 1", "two");
    pacing.offer("b 1", "one");
    pacing.forget("a ");
    pass(EventPacing.INTERVAL);
    assertThat(pacing.due()).isEmpty();
    assertThat(pacing.offer("a 1", "three")).contains(new Due<>("three", 1));
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }
}
