package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.tier.Tier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An object is refused by what it does, not by what whoever compiled it says. */
class TierTest {
  private static final String SIGNALS =
      """
      (defprog stop (:type :raw-tracepoint :section "raw_tp/sched_process_exec")
        (when (= (get-current-uid-gid) 12345) (send-signal 9))
        0)
      """;

  private static final String LOOKS =
      """
      (defmap runs :type :array :key-type u32 :value-type u64 :max-entries 1)
      (defprog count (:type :raw-tracepoint :section "raw_tp/sched_process_exec")
        (incf (getmap runs 0))
        0)
      """;

  private static RunRequest request(String source, Tier tier) {
    return RunRequest.of(Sources.compile(source), new Identity("node", "tier", "uid", 1))
        .withTier(tier);
  }

  @Test
  void anObjectThatActsIsNotStartedToObserve() {
    assertThatThrownBy(() -> Runtime.start(request(SIGNALS, Tier.OBSERVE)))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(FailureReason.POLICY_DENIED);
              assertThat(e.reason().text()).isEqualTo("PolicyDenied");
              assertThat(e)
                  .hasMessageStartingWith("Program stop was refused: 2:")
                  .hasMessageContaining("the helper send-signal is not allowed in the tier observe")
                  .hasMessageEndingWith("; ask for a higher tier, or change the program.");
            });
  }

  @ParameterizedTest
  @EnumSource(value = Tier.class, names = "OBSERVE", mode = EnumSource.Mode.EXCLUDE)
  void itIsStartedToAct(Tier tier) throws StartException {
    try (RunningProgram running = Runtime.start(request(SIGNALS, tier))) {
      assertThat(running.identity().program()).isEqualTo("tier");
    }
  }

  @Test
  void aProgramThatLooksGoesOnIfItsSuccessorMayNotRun() throws StartException {
    try (RunningProgram running = Runtime.start(request(LOOKS, Tier.OBSERVE))) {
      RunRequest next = request(SIGNALS, Tier.OBSERVE);
      assertThatThrownBy(() -> Runtime.update(running, next))
          .isInstanceOfSatisfying(
              StartException.class,
              e -> assertThat(e.reason()).isEqualTo(FailureReason.POLICY_DENIED));
      assertThat(List.of(running.state())).hasOnlyElementsOfType(ProgramState.Running.class);
    }
  }

  @Test
  void aRequestAllowsEverythingUnlessItSays() {
    assertThat(RunRequest.of(new byte[0], new Identity("n", "p", "u", 1)).tier())
        .isEqualTo(Tier.UNRESTRICTED);
  }
}
