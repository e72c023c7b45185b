package dev.whistler.bpf.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.prog.TestRun;
import org.junit.jupiter.api.Test;

class UserRingBufferTest {
  @Test
  void theProgramGetsWhatIsWrittenAndMakesRoom() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("user_ring")).load();
        UserRingBuffer ring = UserRingBuffer.open(loaded.map("commands"))) {
      for (int round = 0; round < 10; round++) {
        int written = 0;
        while (ring.write(new byte[] {2, 0, 0, 0})) {
          written++;
        }
        assertThat(written).isEqualTo(4096 / 16);
        assertThat(loaded.program("drain").testRun(TestRun.packet(new byte[64])).returnValue())
            .isEqualTo(2 * written);
      }
      assertThatThrownBy(() -> ring.write(new byte[4096]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
