package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.runtime.load.ObjectLoading;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Objects that were damaged on their way: ELF headers, code, BTF, line information and schema. Each
 * is read or refused as what it is; {@code -Dwhistler.damaged=1000000} for longer.
 */
@Timeout(600)
class DamagedObjectTest {
  private static final int OBJECTS = Integer.getInteger("whistler.damaged", 5_000);
  private static final byte[] OBJECT =
      Sources.compile(
          """
          (defstruct note (at u64) (pid u32) (comm (array u8 16)))
          (defmap notes :type :ringbuf :max-entries 4096)
          (defmap seen :type :hash :key-type u32 :value-type note :max-entries 64)
          (defprog p (:type :raw-tracepoint :section "raw_tp/sched_process_exec")
            (with-ringbuf (e notes (sizeof note))
              (setf (note-at e) (ktime-get-ns) (note-pid e) (>> (get-current-pid-tgid) 32))
              (get-current-comm (note-comm-ptr e) 16))
            0)
          """);

  @Test
  void aDamagedObjectIsReadOrRefusedInASentence() {
    assertReadOrRefused(OBJECT, null);
  }

  @Test
  void soIsADamagedObjectWithoutASchema() {
    String text = new String(OBJECT, StandardCharsets.ISO_8859_1);
    byte[] bare =
        text.replace(".whistler.schema", ".whistler.absent").getBytes(StandardCharsets.ISO_8859_1);
    assertReadOrRefused(bare, Map.of("notes", "note"));
  }

  private static void assertReadOrRefused(byte[] object, @Nullable Map<String, String> records) {
    long seed = Long.getLong("whistler.seed", System.nanoTime());
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < OBJECTS; i++) {
      byte[] damaged = damage(object, random);
      try {
        ObjectLoading.read(damaged, records);
      } catch (StartException e) {
        refused++;
        assertThat(e.reason()).as("seed " + seed).isEqualTo(FailureReason.BAD_OBJECT);
        assertThat(e.getMessage()).as("seed " + seed).endsWith(".");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", object " + i, e);
      }
    }
    System.out.println(OBJECTS + " damaged objects, " + refused + " refused");
    assertThat(refused).isPositive();
  }

  /** Cut short, or with some bytes or one word changed. */
  private static byte[] damage(byte[] object, Random random) {
    if (random.nextInt(10) == 0) {
      return Arrays.copyOf(object, random.nextInt(object.length));
    }
    byte[] damaged = object.clone();
    for (int change = 1 + random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(damaged.length);
      if (random.nextBoolean()) {
        damaged[at] = (byte) random.nextInt();
      } else {
        byte extreme = (byte) (random.nextBoolean() ? 0xff : 0);
        Arrays.fill(damaged, at, Math.min(damaged.length, at + 4), extreme);
      }
    }
    return damaged;
  }

  /** Found above: the offset of a section without a type was believed. */
  @Test
  void sectionsWhoseTypeIsGoneAreEmptyWhereverTheySeemToLie() {
    ByteBuffer header = ByteBuffer.wrap(OBJECT).order(ByteOrder.LITTLE_ENDIAN);
    int sections = (int) header.getLong(40);
    for (int i = 1; i < header.getShort(60); i++) {
      ByteBuffer damaged = ByteBuffer.wrap(OBJECT.clone()).order(ByteOrder.LITTLE_ENDIAN);
      damaged.putInt(sections + 64 * i + 4, 0).putLong(sections + 64 * i + 24, 0xaf000000L);
      try {
        ObjectLoading.read(damaged.array());
      } catch (StartException e) {
        assertThat(e.reason()).isEqualTo(FailureReason.BAD_OBJECT);
      }
    }
  }

  @Test
  void anObjectForAnotherMachineIsRefused() {
    String schema = "\"arch\":\"x86-64\"";
    byte[] other = OBJECT.clone();
    int at = new String(OBJECT, StandardCharsets.ISO_8859_1).indexOf(schema);
    assertThat(at).isPositive();
    byte[] arm = "\"arch\":\"arm64\" ".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(arm, 0, other, at, arm.length);
    assertThatThrownBy(() -> ObjectLoading.read(other))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("for arm64 and this machine is x86-64");
  }
}
