package dev.whistler.compiler.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuppliedKernelTest {
  private static final int INT = BtfTypes.KIND_INT;
  private static final int SIGNED = 1 << 24;

  private record Blobs(byte[] base, byte[] split) {}

  /**
   *
   *
   * <pre>
   * typedef int pid_t;
   * struct task { const pid_t pid; struct task *parent; char comm[16];
   *               struct { unsigned on : 3; signed off : 5; union { long a; long b; }; }; };
   * typedef struct { int counter; } count_t;
   * void __traceiter_fork(void *data, struct task *parent, pid_t pid);
   * </pre>
   */
  private static Blobs blobs() {
    BtfSample base = new BtfSample(0, 0);
    int int32 = base.type("int", INT, 0, 4, SIGNED | 32);
    int unsigned = base.type("unsigned int", INT, 0, 4, 32);
    int character = base.type("char", INT, 0, 1, SIGNED | 8);
    int long64 = base.type("long", INT, 0, 8, SIGNED | 64);
    int pid = base.type("pid_t", BtfTypes.KIND_TYPEDEF, 0, int32);
    int constPid = base.type("", BtfTypes.KIND_CONST, 0, pid);
    int comm = base.type("", BtfTypes.KIND_ARRAY, 0, 0, character, unsigned, 16);
    int task = 10;
    int pointer = base.type("", BtfTypes.KIND_PTR, 0, task);
    int inner = 11;
    int union =
        base.type(
            "",
            BtfTypes.KIND_UNION,
            2,
            8,
            base.string("a"),
            long64,
            0,
            base.string("b"),
            long64,
            0);
    assertThat(
            base.type(
                "task",
                BtfTypes.KIND_STRUCT,
                4,
                48,
                base.string("pid"),
                constPid,
                0,
                base.string("parent"),
                pointer,
                64,
                base.string("comm"),
                comm,
                128,
                0,
                inner,
                256))
        .isEqualTo(task);
    words(base, inner, unsigned, int32, union);
    int counter = base.type("", BtfTypes.KIND_STRUCT, 1, 4, base.string("counter"), int32, 0);
    base.type("count_t", BtfTypes.KIND_TYPEDEF, 0, counter);

    BtfSample split = new BtfSample(13, base.stringBytes());
    int data = split.type("", BtfTypes.KIND_PTR, 0, 0);
    int prototype =
        split.type(
            "",
            BtfTypes.KIND_FUNC_PROTO,
            3,
            0,
            split.string("data"),
            data,
            split.string("parent"),
            pointer,
            split.string("pid"),
            pid);
    split.type("__traceiter_fork", BtfTypes.KIND_FUNC, 0, prototype);
    return new Blobs(base.bytes(), split.bytes());
  }

  /** The anonymous struct, whose member offsets carry bit-field sizes (kind flag). */
  private static void words(BtfSample base, int expected, int unsigned, int int32, int union) {
    int id =
        base.type(
            "",
            BtfTypes.KIND_STRUCT | 1 << 7,
            3,
            16,
            base.string("on"),
            unsigned,
            3 << 24,
            base.string("off"),
            int32,
            5 << 24 | 3,
            0,
            union,
            64);
    assertThat(id).isEqualTo(expected);
  }

  private static SuppliedKernel kernel(byte @Nullable [] base, byte @Nullable [] split) {
    return new SuppliedKernel(Architecture.X86_64, Map.of(), base, split, Set.of("map:27"));
  }

  @Test
  void flattensAnonymousMembers() {
    KernelStruct task = kernel(blobs().base(), null).structs("task").getFirst();

    assertThat(task.fields())
        .containsExactly(
            new Field<>("pid", 0, new Shape.Scalar(ScalarType.I32), "pid_t"),
            new Field<>("parent", 8, Shape.Pointer.KERNEL, "task"),
            new Field<>("comm", 16, new Shape.Array(new Shape.Scalar(ScalarType.I8), 16), ""),
            new Field<>("on", 32, new Shape.BitField(0, 3, 4, false), ""),
            new Field<>("off", 32, new Shape.BitField(3, 5, 4, true), ""),
            new Field<>("a", 40, new Shape.Scalar(ScalarType.I64), ""),
            new Field<>("b", 40, new Shape.Scalar(ScalarType.I64), ""));
  }

  @Test
  void findsAnonymousStructsByTheirTypedef() {
    KernelDescription kernel = kernel(blobs().base(), null);

    assertThat(kernel.structs("count_t").getFirst().size()).isEqualTo(4);
    assertThat(kernel.structs("nothing")).isEmpty();
    assertThat(kernel.structNames()).containsExactly("task");
  }

  @Test
  void functionsMayStandInSplitBtf() {
    KernelDescription kernel = kernel(blobs().base(), blobs().split());

    assertThat(kernel.function("__traceiter_fork").orElseThrow().parameters())
        .containsExactly(
            new Field<>("parent", 0, Shape.Pointer.KERNEL, "task"),
            new Field<>("pid", 8, new Shape.Scalar(ScalarType.I32), ""));
    assertThat(kernel(blobs().base(), null).function("__traceiter_fork")).isEmpty();
  }

  @Test
  void answersFeatureQuestions() {
    assertThat(kernel(null, null).feature("map:27")).isEqualTo(KernelDescription.Answer.PRESENT);
    assertThat(kernel(null, null).feature("map:31")).isEqualTo(KernelDescription.Answer.ABSENT);
    assertThat(kernel(null, null).hasTypes()).isFalse();
    assertThat(kernel(null, null).structs("task")).isEmpty();
  }

  @Test
  void aTraceMatchesKernelsThatAnswerAlike() {
    String one = "field:int a;\toffset:8;\tsize:4;\tsigned:1;\n";
    String two = "field:int a;\toffset:12;\tsize:4;\tsigned:1;\n";
    KernelDescription first = kernel(Map.of("x/y", one, "x/z", one));
    KernelDescription second = kernel(Map.of("x/y", one, "x/z", two));
    RecordingKernelDescription recording = new RecordingKernelDescription(first);

    assertThat(recording.tracepoint("x", "y")).isPresent();
    assertThat(recording.structs("task")).isEmpty();
    Trace trace = recording.trace();
    assertThat(trace.matches(second)).isTrue();
    assertThat(recording.tracepoint("x", "z")).isPresent();
    assertThat(recording.trace().matches(first)).isTrue();
    assertThat(recording.trace().matches(second)).isFalse();
    assertThat(recording.trace().matches(kernel(Map.of("x/y", one)))).isFalse();
    assertThat(Trace.parse(trace.canonical())).isEqualTo(trace);
    assertThat(trace.digest()).hasSize(64).isNotEqualTo(recording.trace().digest());
  }

  @Test
  void kernelsThatDifferInFieldsNobodyAskedForAnswerAlike() {
    String pid = "field:int pid;\toffset:24;\tsize:4;\tsigned:1;\n";
    String plain = "field:char comm[16];\toffset:8;\tsize:16;\tsigned:1;\n";
    String unsigned = "field:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n";
    KernelDescription old = kernel(Map.of("x/y", plain + pid));
    KernelDescription recent = kernel(Map.of("x/y", unsigned + pid));
    SortedSet<String> asked = new TreeSet<>(Set.of("pid", "gone"));
    RecordingKernelDescription recording = new RecordingKernelDescription(old);

    assertThat(recording.tracepoint("x", "y", asked).orElseThrow().fields())
        .extracting(Field::name)
        .containsExactly("pid");
    Trace trace = recording.trace();
    assertThat(trace.matches(recent)).isTrue();
    assertThat(trace.matches(kernel(Map.of("x/y", plain)))).as("pid is missing").isFalse();
    assertThat(trace.matches(kernel(Map.of("x/y", pid.replace("24", "12"))))).isFalse();
    assertThat(trace.matches(kernel(Map.of("x/y", pid + pid.replace("pid", "gone")))))
        .as("a field that was absent is there")
        .isFalse();
    assertThat(trace.matches(kernel(Map.of()))).isFalse();
    assertThat(Trace.parse(trace.canonical())).isEqualTo(trace);

    recording.tracepoint("x", "y", new TreeSet<>(Set.of("comm")));
    assertThat(recording.trace().matches(recent)).isFalse();
  }

  @Test
  void anEventCanBeAskedForWithoutItsFields() {
    KernelDescription kernel =
        kernel(Map.of("x/y", "field:int a;\toffset:8;\tsize:4;\tsigned:1;\n"));
    RecordingKernelDescription recording = new RecordingKernelDescription(kernel);

    assertThat(recording.tracepoint("x", "y", new TreeSet<>()).orElseThrow().fields()).isEmpty();
    assertThat(recording.trace().matches(kernel)).isTrue();
    assertThat(recording.trace().matches(kernel(Map.of()))).isFalse();
  }

  private static KernelDescription kernel(Map<String, String> formats) {
    return new SuppliedKernel(Architecture.X86_64, formats, null, null, null);
  }

  @Test
  void damagedTypesAreRefusedNotCrashedOn() {
    byte[] good = blobs().base();
    Random random = new Random(5);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = good.clone();
      for (int i = 0; i < 3; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        SuppliedKernel kernel = kernel(damaged, null);
        assertThat(kernel.structs("task")).isNotNull();
        assertThat(kernel.function("f")).isEmpty();
        assertThat(kernel.structNames()).isNotNull();
      } catch (MalformedKernelException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
    assertThatThrownBy(() -> kernel(new byte[10], null).structs("a"))
        .isInstanceOf(MalformedKernelException.class);
  }

  @Test
  void readsTheRunningKernel() throws Exception {
    Path vmlinux = Path.of("/sys/kernel/btf/vmlinux");
    assumeTrue(Files.isReadable(vmlinux), "this kernel offers no BTF");
    KernelDescription kernel = kernel(Files.readAllBytes(vmlinux), null);

    KernelStruct task = kernel.structs("task_struct").getFirst();
    assertThat(task.field("real_parent").orElseThrow().cType()).isEqualTo("task_struct");
    assertThat(task.field("tgid").orElseThrow().cType()).isEqualTo("pid_t");
    assertThat(kernel.function("__traceiter_sched_process_fork").orElseThrow().parameters())
        .extracting(Field::name)
        .containsExactly("parent", "child");
    assertThat(kernel.structNames()).contains("sock", "file");
  }
}
