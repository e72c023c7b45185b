package dev.whistler.bpf.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KernelBtfTest {
  @BeforeAll
  static void present() {
    Assumptions.assumeTrue(KernelBtf.isPresent(), "this kernel has no type information");
  }

  @Test
  void typesAreFoundByName() {
    Btf btf = KernelBtf.running();
    int id = btf.find("task_struct", BtfType.Composite.class).orElseThrow();
    BtfType.Composite task = (BtfType.Composite) btf.type(id);
    assertThat(task.members()).extracting(BtfType.Member::name).contains("pid", "comm");
    assertThat(btf.sizeOf(id)).isEqualTo(task.size());
    assertThat(btf.find("vfs_read", BtfType.Function.class)).isPresent();
    assertThat(btf.find("btf_trace_sched_switch", BtfType.Typedef.class)).isPresent();
    assertThat(btf.find("no_such_thing_anywhere", BtfType.class)).isEmpty();
  }

  @Test
  void everyTypeCanBeRead() {
    Btf btf = KernelBtf.running();
    int functions = 0;
    for (int id = 0; id < btf.typeCount(); id++) {
      functions += btf.type(id) instanceof BtfType.Function ? 1 : 0;
    }
    assertThat(functions).isGreaterThan(10_000);
  }

  @Test
  void damageIsReportedAndNothingElse() {
    byte[] good = Arrays.copyOf(KernelBtf.bytes(), 4 << 20);
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      byte[] bad = Arrays.copyOf(good, 24 + random.nextInt(2000));
      for (int i = 0; i < 20; i++) {
        bad[8 + random.nextInt(bad.length - 8)] = (byte) random.nextInt();
      }
      assertThatThrownBy(
              () -> {
                Btf btf = Btf.parse(bad);
                for (int id = 0; id < btf.typeCount(); id++) {
                  btf.type(id);
                }
                throw new BtfException("read whole");
              })
          .isInstanceOf(BtfException.class);
    }
  }
}
