package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MachineTest {

  @ParameterizedTest
  @CsvSource({"amd64,x86-64", "x86_64,x86-64", "aarch64,arm64"})
  void theJvmsNamesBecomeOurs(String jvm, String ours) {
    assertThat(Machine.architectureOf(jvm)).isEqualTo(ours);
  }

  @Test
  void thisMachineIsKnown() {
    Machine machine = Machine.read();
    assertThat(machine.kernelRelease()).isNotBlank();
    assertThat(machine.bootId()).hasSize(36);
  }
}
