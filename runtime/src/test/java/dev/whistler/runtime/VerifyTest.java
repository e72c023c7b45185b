package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.tier.Tier;
import org.junit.jupiter.api.Test;

/** The verifier is asked, and that is all. */
class VerifyTest {
  private static final String COUNTS =
      """
      (defmap runs :type :array :key-type u32 :value-type u64 :max-entries 1)
      (defprog count (:type :raw-tracepoint :section "raw_tp/sched_process_exec")
        (incf (getmap runs 0))
        0)
      """;

  /** No such tracepoint can be attached to, which only an attachment finds out. */
  private static final String NOWHERE = COUNTS.replace("sched_process_exec", "no_such_place");

  private static final String NULL =
      """
      (defmap m :type :hash :key-size 4 :value-size 8 :max-entries 8)
      (defprog gone (:type :raw-tracepoint :section "raw_tp/sched_process_exec")
        (let ((p (map-lookup m 1)))
          (setf (getmap m 2) (load u64 (cast u64 p) 0)))
        0)
      """;

  private static final String SIGNALS =
      """
      (defprog stop (:type :raw-tracepoint :section "raw_tp/sched_process_exec")
        (when (= (get-current-uid-gid) 12345) (send-signal 9))
        0)
      """;

  @Test
  void whatTheVerifierAcceptsIsAcceptedWithoutBeingAttached() {
    assertThatCode(() -> Runtime.verify(Sources.compile(COUNTS), Tier.OBSERVE))
        .doesNotThrowAnyException();
    assertThatCode(() -> Runtime.verify(Sources.compile(NOWHERE), Tier.OBSERVE))
        .doesNotThrowAnyException();
  }

  @Test
  void whatItRefusesIsSaidWithItsPlace() {
    assertThatThrownBy(() -> Runtime.verify(Sources.compile(NULL), Tier.OBSERVE))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> assertThat(e.reason()).isEqualTo(FailureReason.VERIFIER_REJECTED))
        .hasMessageContaining("4:");
  }

  @Test
  void itsTierIsCheckedBefore() {
    assertThatThrownBy(() -> Runtime.verify(Sources.compile(SIGNALS), Tier.OBSERVE))
        .isInstanceOfSatisfying(
            StartException.class,
            e -> assertThat(e.reason()).isEqualTo(FailureReason.POLICY_DENIED));
  }
}
