package dev.whistler.bpf.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.codec.BtfCodecs;
import dev.whistler.bpf.codec.Codec;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.bpf.codec.Codecs;
import dev.whistler.bpf.codec.RecordCodec;
import dev.whistler.bpf.codec.StructCodec;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Java values in maps of the running kernel. */
class TypedMapTest {
  private final KernelObjects before = KernelObjects.now();

  record Key(long zone, int port, int pad) {}

  record Traffic(long packets, long bytes) {}

  record Inner(int x, int flag) {}

  record Everything(
      int b,
      int sb,
      int h,
      int sh,
      long w,
      int sw,
      long d,
      long sd,
      boolean yes,
      String comm,
      byte[] mac,
      List<Integer> words,
      Inner inner,
      List<Map<String, Object>> pair,
      long left,
      long right,
      byte[] _88,
      long low,
      long high,
      long neg,
      int color,
      long address) {}

  private static final Codec<Traffic> TRAFFIC =
      RecordCodec.of(
          Traffic.class,
          StructCodec.of(
              16,
              List.of(
                  new StructCodec.Field("packets", 0, Codecs.U64),
                  new StructCodec.Field("bytes", 8, Codecs.U64))));

  @AfterEach
  void nothingIsLeftOpen() {
    before.assertUnchanged();
  }

  private static <T> void assertKept(Codec<T> codec, T... values) {
    MapSpec spec = MapSpec.of("width", MapType.HASH, codec.size(), codec.size(), 8);
    try (BpfMap map = BpfMap.create(spec)) {
      TypedMap<T, T> typed = TypedMap.of(map, codec, codec);
      for (T value : values) {
        assertThat(typed.lookup(value)).isNull();
        typed.update(value, value, UpdateMode.INSERT);
        assertThat(typed.lookup(value)).isEqualTo(value);
      }
      Set<T> seen = new HashSet<>();
      typed.forEach((key, value) -> seen.add(key));
      assertThat(seen).containsExactlyInAnyOrder(values);
    }
  }

  @Test
  void numbersOfEveryWidthAreKept() {
    assertKept(Codecs.U8, 0, 1, 255);
    assertKept(Codecs.U16, 0, 1, 65_535);
    assertKept(Codecs.U32, 0L, 1L, (1L << 32) - 1);
    assertKept(Codecs.U64, 0L, 1L, Long.MAX_VALUE, -1L);
    assertKept(Codecs.I8, -128, -1, 0, 127);
    assertKept(Codecs.I16, -32_768, -1, 0, 32_767);
    assertKept(Codecs.I32, Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE);
    assertKept(Codecs.I64, Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE);
    assertKept(Codecs.text(16), "", "comm", "exactly 16 bytes");
  }

  @Test
  void entriesComeAndGo() {
    try (BpfMap map = BpfMap.create(MapSpec.of("traffic", MapType.HASH, 4, 16, 2))) {
      TypedMap<Long, Traffic> traffic = TypedMap.of(map, Codecs.U32, TRAFFIC);
      traffic.update(1L, new Traffic(10, -1));
      assertThat(traffic.lookup(1L)).isEqualTo(new Traffic(10, -1));
      assertErrno(Errno.EEXIST, () -> traffic.update(1L, new Traffic(0, 0), UpdateMode.INSERT));
      traffic.update(2L, new Traffic(0, 0));
      assertErrno(Errno.E2BIG, () -> traffic.update(3L, new Traffic(0, 0)));
      assertThat(traffic.take(1L)).isEqualTo(new Traffic(10, -1));
      assertThat(traffic.take(1L)).isNull();
      assertThat(traffic.delete(2L)).isTrue();
      assertThat(traffic.delete(2L)).isFalse();
      assertThatThrownBy(() -> traffic.update(1L << 32, new Traffic(0, 0)))
          .isInstanceOf(CodecException.class)
          .hasMessage("4294967296 is no u32");
    }
  }

  @Test
  void aQueueHasNoKeys() {
    try (BpfMap map = BpfMap.create(MapSpec.of("queue", MapType.QUEUE, 0, 8, 4))) {
      TypedMap<byte[], Long> queue = TypedMap.of(map, Codecs.bytes(0), Codecs.I64);
      queue.update(new byte[0], -7L);
      assertThat(queue.take(new byte[0])).isEqualTo(-7);
      assertThat(queue.take(new byte[0])).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HASH", "LRU_HASH"})
  void aWalkSeesEveryEntryOnceThoughTheMapChangesUnderIt(MapType type) {
    try (BpfMap map = BpfMap.create(MapSpec.of("walk", type, 8, 16, 8192))) {
      TypedMap<Long, Traffic> traffic = TypedMap.of(map, Codecs.I64, TRAFFIC);
      Map<Long, Traffic> entries = new LinkedHashMap<>();
      for (long i = -1000; i < 1000; i++) {
        entries.put(i, new Traffic(i, 2 * i));
      }
      traffic.updateAll(entries, UpdateMode.INSERT);
      Map<Long, Traffic> seen = new HashMap<>();
      traffic.forEach(
          (key, value) -> {
            assertThat(seen.put(key, value)).isNull();
            if (key % 100 == 0) {
              traffic.delete(key);
            }
          });
      assertThat(seen).isEqualTo(entries);
      assertThat(map.count()).isEqualTo(1980);
      traffic.deleteAll(entries.keySet());
      assertThat(map.count()).isZero();
    }
  }

  @Test
  void aBadEntryOfManyIsFoundBeforeAnyIsWritten() {
    try (BpfMap map = BpfMap.create(MapSpec.of("many", MapType.HASH, 4, 1, 8))) {
      TypedMap<Long, Integer> typed = TypedMap.of(map, Codecs.U32, Codecs.I8);
      Map<Long, Integer> entries = new LinkedHashMap<>(Map.of(1L, 1));
      entries.put(2L, 128);
      assertThatThrownBy(() -> typed.updateAll(entries, UpdateMode.ANY))
          .isInstanceOf(CodecException.class);
      assertThat(map.count()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERCPU_HASH", "PERCPU_ARRAY", "LRU_PERCPU_HASH"})
  void aPerCpuValueIsAListByCpu(MapType type) {
    int cpus = PossibleCpus.count();
    try (BpfMap map = BpfMap.create(MapSpec.of("percpu", type, 4, 2, 8))) {
      TypedMap<Long, List<Integer>> typed = TypedMap.perCpu(map, Codecs.U32, Codecs.I16);
      List<Integer> values = Collections.nCopies(cpus, -7);
      typed.update(3L, values);
      assertThat(typed.lookup(3L)).isEqualTo(values);
      typed.updateAll(Map.of(3L, Collections.nCopies(cpus, 8)), UpdateMode.ANY);
      Map<Long, List<Integer>> seen = new HashMap<>();
      typed.forEach(seen::put);
      assertThat(seen).containsEntry(3L, Collections.nCopies(cpus, 8));
      assertThatThrownBy(() -> typed.update(3L, Collections.nCopies(cpus + 1, 0)))
          .isInstanceOf(CodecException.class)
          .hasMessage((cpus + 1) + " elements were given, there are " + cpus);
    }
  }

  @Test
  void codecsOfAnotherSizeAreRefused() {
    try (BpfMap hash = BpfMap.create(MapSpec.of("sizes", MapType.HASH, 4, 8, 2));
        BpfMap perCpu = BpfMap.create(MapSpec.of("percpu", MapType.PERCPU_ARRAY, 4, 4, 2));
        BpfMap ring = BpfMap.create(MapSpec.ring("ring", 1 << 16))) {
      assertThatThrownBy(() -> TypedMap.of(hash, Codecs.U64, Codecs.U64))
          .isInstanceOf(CodecException.class)
          .hasMessageMatching(
              "the keys of map sizes \\(HASH, id \\d+\\) have 4 bytes, those of the codec 8; .*");
      assertThatThrownBy(() -> TypedMap.of(hash, Codecs.U32, Codecs.U32))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("the values of map sizes");
      assertThatThrownBy(() -> TypedMap.perCpu(hash, Codecs.U32, Codecs.U64))
          .hasMessageEndingWith("use TypedMap.of");
      // With one CPU this codec would fit the bytes, and show padding as value.
      assertThatThrownBy(() -> TypedMap.of(perCpu, Codecs.U32, Codecs.U64))
          .hasMessageEndingWith("use TypedMap.perCpu");
      assertThatThrownBy(() -> TypedMap.perCpu(perCpu, Codecs.U32, Codecs.U64))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("have 4 bytes, those of the codec 8");
      assertThatThrownBy(() -> TypedMap.of(ring, Codecs.bytes(0), Codecs.bytes(0)))
          .hasMessageEndingWith("read it by a RingBufferReader");
      assertThatThrownBy(() -> TypedMap.of(hash, Long.class, Long.class))
          .isInstanceOf(CodecException.class)
          .hasMessageEndingWith("has no type information; give codecs");
    }
  }

  private static int run(LoadedObject loaded, String program) {
    return loaded.program(program).testRun(TestRun.packet(new byte[64])).returnValue();
  }

  @Test
  void whatAProgramInCWritesIsReadByItsTypesAndWrittenBack() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("typed")).load()) {
      BpfMap map = loaded.map("things");
      assertThat(run(loaded, "put")).isZero();

      TypedMap<Object, Object> dynamic = TypedMap.of(map, Object.class, Object.class);
      Map<String, Object> key = Map.of("zone", 1, "port", -2);
      @SuppressWarnings("unchecked")
      Map<String, Object> value = (Map<String, Object>) Objects.requireNonNull(dynamic.lookup(key));
      assertThat(value)
          .containsEntry("b", 255)
          .containsEntry("sb", -128)
          .containsEntry("h", 65_535)
          .containsEntry("sh", -32_768)
          .containsEntry("w", 4_294_967_295L)
          .containsEntry("sw", Integer.MIN_VALUE)
          .containsEntry("d", -1L)
          .containsEntry("sd", Long.MIN_VALUE)
          .containsEntry("yes", true)
          .containsEntry("comm", "whistler")
          .containsEntry("mac", new byte[] {2, 0, 0, 0, 0, (byte) 254})
          .containsEntry("words", List.of(-1, 0, 7))
          .containsEntry("inner", Map.of("x", -3, "flag", 1))
          .containsEntry("pair", List.of(Map.of("x", 0, "flag", 0), Map.of("x", 300, "flag", 0)))
          .containsEntry("left", 11L)
          .containsEntry("right", 12L)
          .containsEntry("low", 5L)
          .containsEntry("high", 8191L)
          .containsEntry("neg", -64L)
          .containsEntry("color", -1)
          .containsEntry("address", 0x1234L);
      assertThat(value.keySet()).filteredOn(name -> name.startsWith("_")).hasSize(1);

      assertThat(dynamic.take(key)).isNotNull();
      assertThat(run(loaded, "same")).isEqualTo(1000);
      dynamic.update(key, value);
      assertThat(run(loaded, "same")).as("the first byte that differs").isZero();
    }
  }

  @Test
  void structsAreShownAsRecords() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("typed")).load()) {
      assertThat(run(loaded, "put")).isZero();
      TypedMap<Key, Everything> things =
          TypedMap.of(loaded.map("things"), Key.class, Everything.class);
      Everything all = Objects.requireNonNull(things.take(new Key(1, -2, 0)));
      assertThat(all.comm()).isEqualTo("whistler");
      assertThat(all.inner()).isEqualTo(new Inner(-3, 1));
      assertThat(all.neg()).isEqualTo(-64);
      things.update(new Key(1, -2, 0), all);
      assertThat(run(loaded, "same")).isZero();
      assertThatThrownBy(() -> TypedMap.of(loaded.map("things"), Traffic.class, Everything.class))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("record Traffic does not fit the struct");
      assertThatThrownBy(() -> TypedMap.of(loaded.map("things"), Long.class, Object.class))
          .isInstanceOf(CodecException.class)
          .hasMessage("type key is a Map here, not a Long");
    }
  }

  @Test
  void countersOfCpusAreRecordsToo() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("maps")).load()) {
      TypedMap<Long, List<Traffic>> perCpu =
          TypedMap.perCpu(loaded.map("per_cpu"), Long.class, Traffic.class);
      run(loaded, "use");
      run(loaded, "use");
      List<Traffic> cpus = Objects.requireNonNull(perCpu.lookup(0L));
      assertThat(cpus).hasSize(PossibleCpus.count());
      assertThat(cpus.stream().mapToLong(Traffic::packets).sum()).isEqualTo(2);
    }
  }

  @Test
  void theVariablesOfADataSectionAreItsFields() {
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("globals")).load();
        LoadedBtf kernel = Objects.requireNonNull(open(loaded.map(".data")))) {
      BpfMap data = loaded.map(".data");
      Btf types = kernel.types();
      TypedMap<Long, Object> view =
          TypedMap.of(data, Codecs.U32, BtfCodecs.of(types, data.info().valueType()));
      assertThat(view.lookup(0L)).isEqualTo(Map.of("total", 40, "hidden", 2));
    }
  }

  private static LoadedBtf open(BpfMap map) {
    return LoadedBtf.open(map.info().btfId());
  }

  private static void assertErrno(Errno errno, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }
}
