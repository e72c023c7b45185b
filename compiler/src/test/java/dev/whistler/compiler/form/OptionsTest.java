package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import org.junit.jupiter.api.Test;

/** Tier, cost and scope (sections 19.7 to 19.9). */
class OptionsTest {
  private static CompilationOptions options(Tier tier, boolean cost, boolean scope) {
    return CompilationOptions.defaults().withTier(tier).withCost(cost).withScope(scope);
  }

  @Test
  void observersMayNotDropPackets() {
    Analysis analysis =
        Analysis.of(
            """
            (defprog p (:type :xdp)
              (with-udp (d e u)
                (setf (udp-dst-port u) 53)
                (when (get-prandom-u32) (return XDP_DROP)))
              XDP_PASS)
            """,
            options(Tier.OBSERVE, false, false));
    assertThat(analysis.codes()).containsExactly("E-POLICY", "E-POLICY");
    assertThat(analysis.diagnostics().get(0).range().startLine()).isEqualTo(3);
    assertThat(analysis.diagnostics().get(1).range().startLine()).isEqualTo(4);
  }

  @Test
  void observersMayLetPacketsPass() {
    Analysis analysis =
        Analysis.of("(defprog p (:type :xdp) XDP_PASS)", options(Tier.OBSERVE, false, false));
    assertThat(analysis.codes()).isEmpty();
    assertThat(analysis.unit().programs().getFirst().passValue()).hasValue(2);
  }

  @Test
  void actorsMayDropButNotWriteUserMemory() {
    Analysis analysis =
        Analysis.of(
            """
            (defprog p (:type :kprobe :section "kprobe/do_exit")
              (send-signal 9)
              (let ((b (struct-alloc 8))) (probe-write-user (pt-regs-parm1) b 8))
              0)
            """,
            options(Tier.ACT, false, false));
    assertThat(analysis.codes()).containsExactly("E-POLICY");
  }

  @Test
  void scopeIsCheckedBeforeTheBody() {
    Analysis analysis =
        Analysis.of(
            "(defprog p (:type :kprobe :section \"kprobe/do_exit\") 1)",
            options(Tier.UNRESTRICTED, false, true));
    assertThat(analysis.body())
        .isEqualTo("(lookup .whistler.scope get-current-cgroup-id():8 ? 1 : 0)");
  }

  @Test
  void costIsAddedAtEveryExit() {
    Analysis analysis =
        Analysis.of(
            "(defprog p (:type :xdp) (when (get-prandom-u32) (return 1)) 2)",
            options(Tier.UNRESTRICTED, true, false));
    assertThat(analysis.body()).contains("return 1");
    assertThat(analysis.body().split("\\(ktime-get-ns\\(\\) subtract start\\)", -1)).hasSize(3);
  }
}
