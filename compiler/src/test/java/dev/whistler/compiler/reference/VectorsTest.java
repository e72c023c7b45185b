package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.emit.KernelRunner;
import dev.whistler.compiler.tree.TypedUnit;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The run-time vectors of appendices H.2 and I, by interpreter and by the kernel, v1 to v4. */
class VectorsTest {
  private static final String DEFINITIONS =
      """
      (defstruct odd (a u64) (b u8))
      (defstruct h (slot (array u32 8)))
      (defstruct kv (a u32) (b u32))
      (defmap a4 :type :array :key-size 4 :value-type u64 :max-entries 8)
      (defmap m8 :type :hash :key-size 8 :value-size 8 :max-entries 16)
      (defmap ms :type :hash :key-type kv :value-type u32 :max-entries 16)
      (defmap m1 :type :hash :key-size 4 :value-size 1 :max-entries 16)
      (defmap handlers :type :prog-array :key-size 4 :value-size 4 :max-entries 256)
      (defmap r :type :ringbuf :max-entries 4096 :record odd)
      (defmap whole :type :array :key-size 4 :value-type u64 :max-entries 2)
      """;

  /** A body and the word it yields. */
  record Vector(String body, long value) {
    @Override
    public String toString() {
      return body;
    }

    /** Keeps all 64 bits in a map, since a return value has 32. */
    String source() {
      return DEFINITIONS
          + "(defprog v (:type :xdp) (let ((d (ctx u32 0)) (e (ctx u32 4)))"
          + " (when (> (+ d 64) e) (return 2))"
          + " (let ((s (make-odd)) (b (struct-alloc 16)))"
          + " (let ((result "
          + body
          + ")) (setf (getmap whole 0) result (getmap whole 1) 1) result))))";
    }
  }

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  static Stream<Vector> vectors() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = VectorsTest.class.getResourceAsStream("vectors.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
        int arrow = line.lastIndexOf(" => ");
        BigInteger value = new BigInteger(line.substring(arrow + 4));
        vectors.add(new Vector(line.substring(0, arrow), value.longValue()));
      }
    }
    return vectors.stream();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void yieldsWhatTheAppendixSays(Vector vector) {
    TypedUnit unit = Compilation.analyze(vector.source());
    byte[] packet = Comparison.countingPacket();
    Outcome expected = new Interpreter(unit, packet).run(unit.programs().getFirst());

    assertThat(expected.result()).isEqualTo((int) vector.value());
    Map<String, String> whole = expected.maps().get("whole");
    if (whole.containsKey("01000000")) {
      String hex = whole.getOrDefault("00000000", "0000000000000000");
      long word = Long.reverseBytes(Long.parseUnsignedLong(hex, 16));
      // A row of H.2 states the low 32 bits, a row of appendix I the whole word.
      assertThat(word).isIn(vector.value(), (long) (int) vector.value());
    }
    for (int set = 1; set <= 4; set++) {
      byte[] object = Compilation.object(vector.source(), Compilation.options(set));
      assertThat(KernelExecution.run(unit, object, packet)).as("v" + set).isEqualTo(expected);
    }
  }

  @Test
  void aShortPacketLeavesEarly() {
    String source = new Vector("(return 9)", 9).source();
    TypedUnit unit = Compilation.analyze(source);
    byte[] object = Compilation.object(source, Compilation.options(3));

    assertThat(KernelExecution.run(unit, object, new byte[20]).result()).isEqualTo(2);
    assertThat(new Interpreter(unit, new byte[20]).run(unit.programs().getFirst()).result())
        .isEqualTo(2);
  }
}
