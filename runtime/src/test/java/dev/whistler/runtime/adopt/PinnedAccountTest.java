package dev.whistler.runtime.adopt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.sys.Mapping;
import org.junit.jupiter.api.Test;

class PinnedAccountTest {
  @Test
  void theNewestWholeSlotCounts() {
    try (PinnedAccount account = PinnedAccount.create(3)) {
      assertThat(account.read()).containsExactly(0, 0, 0);
      for (long i = 1; i <= 5; i++) {
        account.write(new long[] {i, 10 * i, 100 * i});
        assertThat(account.read()).containsExactly(i, 10 * i, 100 * i);
        assertThat(reopened(account, 3)).containsExactly(i, 10 * i, 100 * i);
      }
    }
  }

  @Test
  void aWriteBrokenOffLeavesTheFormerWords() {
    try (PinnedAccount account = PinnedAccount.create(2)) {
      account.write(new long[] {1, 2});
      account.write(new long[] {3, 4});
      // what a third write does before it is killed: slot 1 is invalid and half written
      try (Mapping memory = account.map().map(true)) {
        memory.setLongRelease(24, 0);
        memory.setLongRelease(32, 99);
      }
      assertThat(reopened(account, 2)).containsExactly(3, 4);
    }
  }

  private static long[] reopened(PinnedAccount account, int words) {
    BpfMap again = BpfMap.of(account.map().fd().duplicate());
    try (PinnedAccount second = PinnedAccount.open(again, words).orElseThrow()) {
      return second.read();
    }
  }

  @Test
  void anotherShapeIsRefused() {
    try (PinnedAccount account = PinnedAccount.create(2)) {
      assertThat(PinnedAccount.open(BpfMap.of(account.map().fd().duplicate()), 3)).isEmpty();
    }
  }
}
