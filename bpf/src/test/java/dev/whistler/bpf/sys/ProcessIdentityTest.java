package dev.whistler.bpf.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
  private static final ProcessIdentity SELF = ProcessIdentity.current();

  @Test
  void thisProcessRunsAndIsItself() {
    assertThat(SELF.mayRun()).isTrue();
    assertThat(ProcessIdentity.current()).isEqualTo(SELF);
    assertThat(SELF.pid()).isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void anotherProcessOfTheSameNumberIsNotTakenForIt() {
    assertThat(
            new ProcessIdentity(
                    SELF.bootId(), SELF.pidNamespace(), SELF.pid(), SELF.startTicks() - 1)
                .mayRun())
        .isFalse();
    assertThat(
            new ProcessIdentity("another boot", SELF.pidNamespace(), SELF.pid(), SELF.startTicks())
                .mayRun())
        .isFalse();
  }

  @Test
  void oneThatHasEndedDoesNotRunAndOneThatCannotBeSeenMay() throws Exception {
    Process process = new ProcessBuilder("/bin/true").start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(new ProcessIdentity(SELF.bootId(), SELF.pidNamespace(), process.pid(), 1).mayRun())
        .isFalse();
    assertThat(
            new ProcessIdentity(SELF.bootId(), SELF.pidNamespace() + 1, process.pid(), 1).mayRun())
        .isTrue();
  }
}
