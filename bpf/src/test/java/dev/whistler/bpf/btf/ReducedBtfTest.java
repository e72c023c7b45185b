package dev.whistler.bpf.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ReducedBtfTest {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final ByteArrayOutputStream types = new ByteArrayOutputStream();

  /**
   *
   *
   * <pre>
   * enum mode { FAST }; struct op { enum mode mode; int (*call)(int); };
   * int counter; void helper(struct op *op); void __traceiter_op(struct op *op);
   * </pre>
   */
  private byte[] sample() {
    text.write(0);
    add("int", 1 << 24, 4, 32);
    add("mode", 6 << 24 | 1, 4, name("FAST"), 0);
    add("", 13 << 24 | 1, 1, 0, 1);
    add("", 2 << 24, 3);
    add("op", 4 << 24 | 2, 16, name("mode"), 2, 0, name("call"), 4, 64);
    add("", 2 << 24, 5);
    add("", 13 << 24 | 1, 0, name("op"), 6);
    add("counter", 14 << 24, 1, 1);
    add("helper", 12 << 24, 7);
    add("__traceiter_op", 12 << 24, 7);
    ByteBuffer whole =
        ByteBuffer.allocate(24 + types.size() + text.size()).order(ByteOrder.LITTLE_ENDIAN);
    whole.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
    whole.putInt(0).putInt(types.size()).putInt(types.size()).putInt(text.size());
    return whole.put(types.toByteArray()).put(text.toByteArray()).array();
  }

  private void add(String name, int... words) {
    ByteBuffer record =
        ByteBuffer.allocate(4 + 4 * words.length).order(ByteOrder.LITTLE_ENDIAN).putInt(name(name));
    Arrays.stream(words).forEach(record::putInt);
    types.writeBytes(record.array());
  }

  private int name(String name) {
    if (name.isEmpty()) {
      return 0;
    }
    int at = text.size();
    text.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    text.write(0);
    return at;
  }

  @Test
  void keepsLayoutsAndTheArgumentsOfTracepoints() {
    Btf reduced = Btf.parse(ReducedBtf.of(Btf.parse(sample())).types());

    int op = reduced.find("op", BtfType.Composite.class).orElseThrow();
    BtfType.Composite struct = (BtfType.Composite) reduced.type(op);
    assertThat(struct.members()).extracting(BtfType.Member::name).containsExactly("mode", "call");
    assertThat(reduced.type(struct.members().getFirst().type()))
        .isEqualTo(new BtfType.Enumeration("mode", 4, false, List.of()));
    assertThat(reduced.type(struct.members().getLast().type()))
        .as("nobody asks what it points to")
        .isEqualTo(new BtfType.Pointer(0));
    BtfType.Function function =
        (BtfType.Function)
            reduced.type(reduced.find("__traceiter_op", BtfType.Function.class).orElseThrow());
    BtfType.Prototype prototype = (BtfType.Prototype) reduced.type(function.prototype());
    assertThat(reduced.type(prototype.parameters().getFirst().type()))
        .isEqualTo(new BtfType.Pointer(op));
    assertThat(reduced.findAll("helper")).isEmpty();
    assertThat(reduced.findAll("counter")).isEmpty();
  }

  /** Its ids and strings go on where those of the types end. */
  @Test
  void keepsOtherFunctionsApart() {
    ReducedBtf reduced = ReducedBtf.of(Btf.parse(sample()));
    ByteBuffer functions = ByteBuffer.wrap(reduced.functions()).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(functions.getInt(12)).as("bytes of types: one function").isEqualTo(12);
    assertThat(functions.getInt(20)).as("bytes of strings").isEqualTo("helper\0".length());
    ByteBuffer types = ByteBuffer.wrap(reduced.types()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(functions.getInt(24)).isEqualTo(types.getInt(20));
    Btf base = Btf.parse(reduced.types());
    assertThat(functions.getInt(32))
        .as("its prototype is there already")
        .isPositive()
        .isLessThan(base.typeCount());
  }

  @Test
  void sayWhereItIsDamaged() {
    byte[] broken = sample();
    // The structure's first member is of a type that is not there.
    ByteBuffer.wrap(broken).order(ByteOrder.LITTLE_ENDIAN).putInt(24 + 16 + 20 + 20 + 12 + 16, 99);
    assertThatThrownBy(() -> ReducedBtf.of(Btf.parse(broken)))
        .isInstanceOf(BtfException.class)
        .hasMessageContaining("no type 99");
  }

  /** Never anything but types or a sentence. */
  @Property(tries = 2_000)
  void bearsAnyDamage(@ForAll int where, @ForAll byte what) {
    byte[] damaged = new ReducedBtfTest().sample();
    damaged[Math.floorMod(where, damaged.length)] = what;
    try {
      ReducedBtf reduced = ReducedBtf.of(Btf.parse(damaged));
      assertThat(Btf.parse(reduced.types()).typeCount()).isPositive();
    } catch (BtfException expected) {
      assertThat(expected).hasMessageNotContaining("null");
    }
  }
}
