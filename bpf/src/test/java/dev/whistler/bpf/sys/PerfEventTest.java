package dev.whistler.bpf.sys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a refused perf event tells. */
final class PerfEventTest {
  private static final int EACCES = 13;
  private static final String ACTION = "attach program p to tracepoint sched/sched_process_fork";

  @Test
  void aRefusalByTheSystemsSettingNamesTheSetting() {
    SystemCallException refusal = new SystemCallException(ACTION, EACCES);
    SystemCallException explained = PerfEvent.explained(ACTION, refusal, 3);
    assertThat(explained)
        .hasMessageStartingWith(ACTION + ": EACCES (")
        .hasMessageEndingWith(
            "; kernel.perf_event_paranoid is 3 on this machine, which keeps out even CAP_PERFMON:"
                + " set it to 2 (sysctl -w kernel.perf_event_paranoid=2)");
    assertThat(explained.errno()).isEqualTo(Errno.EACCES);
  }

  @Test
  void otherwiseTheCapabilitiesAreNamed() {
    SystemCallException refusal = new SystemCallException(ACTION, EACCES);
    assertThat(PerfEvent.explained(ACTION, refusal, 2))
        .isSameAs(refusal)
        .hasMessageContaining("CAP_PERFMON");
  }
}
