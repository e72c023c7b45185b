package dev.whistler.bpf.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Mapping;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BpfMapTest {
  private static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] u64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  @Test
  void aHashKeepsReplacesAndForgets() {
    try (BpfMap map = BpfMap.create(MapSpec.of("hits", MapType.HASH, 4, 8, 2))) {
      assertThat(map.lookup(u32(1))).isNull();
      map.update(u32(1), u64(10), UpdateMode.INSERT);
      assertThat(map.lookup(u32(1))).isEqualTo(u64(10));
      map.update(u32(1), u64(11), UpdateMode.REPLACE);
      assertThat(map.lookup(u32(1))).isEqualTo(u64(11));
      assertThat(map.take(u32(1))).isEqualTo(u64(11));
      assertThat(map.delete(u32(1))).isFalse();
    }
  }

  @Test
  void updatesFailAsTheModeAndTheSizeSay() {
    try (BpfMap map = BpfMap.create(MapSpec.of("small", MapType.HASH, 4, 8, 1))) {
      map.update(u32(1), u64(1));
      assertErrno(Errno.EEXIST, () -> map.update(u32(1), u64(2), UpdateMode.INSERT));
      assertErrno(Errno.ENOENT, () -> map.update(u32(2), u64(2), UpdateMode.REPLACE));
      assertErrno(Errno.E2BIG, () -> map.update(u32(2), u64(2)));
      assertThatThrownBy(() -> map.lookup(u64(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a key of map small has 4 bytes, not 8");
    }
  }

  @Test
  void aPerCpuValueHasAPartForEachPossibleCpu() {
    try (BpfMap map = BpfMap.create(MapSpec.of("percpu", MapType.PERCPU_ARRAY, 4, 4, 1))) {
      assertThat(map.valueBytes()).isEqualTo(8 * PossibleCpus.count());
      byte[] value = new byte[map.valueBytes()];
      for (int cpu = 0; cpu < PossibleCpus.count(); cpu++) {
        System.arraycopy(u32(cpu + 7), 0, value, 8 * cpu, 4);
      }
      map.update(u32(0), value);
      List<byte[]> parts = map.perCpu(TestMaps.value(map, u32(0)));
      assertThat(parts).hasSize(PossibleCpus.count());
      assertThat(parts.getFirst()).isEqualTo(u32(7));
      assertThat(parts.getLast()).isEqualTo(u32(6 + PossibleCpus.count()));
    }
  }

  /** The first is walked by batches, the second by keys. */
  @ParameterizedTest
  @EnumSource(names = {"HASH", "LRU_HASH"})
  void aWalkSeesEveryEntryOnceEvenWhenEntriesAreDeletedUnderIt(MapType type) {
    try (BpfMap map = BpfMap.create(MapSpec.of("walk", type, 4, 8, 10_000))) {
      List<byte[]> keys = new ArrayList<>();
      List<byte[]> values = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        keys.add(u32(i));
        values.add(u64(i));
      }
      map.updateAll(keys, values, UpdateMode.INSERT);
      assertThat(map.count()).isEqualTo(3000);

      Set<Integer> seen = new HashSet<>();
      map.forEach(
          (key, value) -> {
            int number = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).getInt();
            assertThat(seen.add(number)).isTrue();
            if (number % 100 == 0) {
              map.delete(key);
            }
          });
      assertThat(seen).hasSize(3000);
      assertThat(map.count()).isEqualTo(2970);

      map.deleteAll(keys);
      assertThat(map.count()).isZero();
    }
  }

  @Test
  void aMapTypeWithoutBatchesIsWrittenOneByOne() {
    try (BpfMap map = BpfMap.create(MapSpec.of("sockets", MapType.QUEUE, 0, 8, 4))) {
      byte[] none = {};
      map.updateAll(List.of(none, none), List.of(u64(1), u64(2)), UpdateMode.ANY);
      assertThat(map.take(none)).isEqualTo(u64(1));
      assertThat(map.take(none)).isEqualTo(u64(2));
      assertThat(map.take(none)).isNull();
    }
  }

  @Test
  void aMappedArrayShowsWritesBothWays() {
    MapSpec spec = MapSpec.of("mapped", MapType.ARRAY, 4, 16, 4).withFlags(MapFlags.MMAPABLE);
    try (BpfMap map = BpfMap.create(spec);
        Mapping memory = map.map(true)) {
      map.update(u32(1), Arrays.copyOf(u64(42), 16));
      assertThat(memory.getLongAcquire(16)).isEqualTo(42);
      memory.setLongRelease(24, 43);
      byte[] expected = new byte[16];
      System.arraycopy(u64(42), 0, expected, 0, 8);
      System.arraycopy(u64(43), 0, expected, 8, 8);
      assertThat(map.lookup(u32(1))).isEqualTo(expected);
    }
  }

  @Test
  void aFrozenMapRefusesWrites() {
    try (BpfMap map = BpfMap.create(MapSpec.of("frozen", MapType.ARRAY, 4, 4, 1))) {
      map.freeze();
      assertErrno(Errno.EPERM, () -> map.update(u32(0), u32(1)));
    }
  }

  @Test
  void aMapOfMapsHoldsMapsByDescriptor() {
    try (BpfMap inner = BpfMap.create(MapSpec.of("inner", MapType.ARRAY, 4, 8, 1));
        BpfMap outer =
            BpfMap.create(MapSpec.of("outer", MapType.ARRAY_OF_MAPS, 4, 4, 2).withInner(inner))) {
      outer.update(u32(1), inner.fd());
      assertThat(outer.lookup(u32(1))).isEqualTo(u32(inner.id()));
    }
  }

  @Test
  void aClosedMapIsGoneFromTheKernel() {
    BpfMap map = BpfMap.create(MapSpec.of("gone", MapType.HASH, 4, 4, 1));
    int id = map.id();
    assertThat(BpfMap.ids()).contains(id);
    map.close();
    map.close();
    assertThatThrownBy(() -> map.lookup(u32(1))).isInstanceOf(IllegalStateException.class);
    assertThat(BpfMap.open(id)).isNull();
  }

  @Test
  void anImpossibleMapIsRefused() {
    assertErrno(Errno.EINVAL, () -> BpfMap.create(MapSpec.of("none", MapType.HASH, 0, 4, 1)));
  }

  private static void assertErrno(Errno errno, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void queuesAndStacksShowWhatComesNext() {
    for (MapType type : new MapType[] {MapType.QUEUE, MapType.STACK}) {
      try (BpfMap map = BpfMap.create(MapSpec.of("q", type, 0, 8, 4))) {
        assertThat(map.lookup(new byte[0])).isNull();
        map.update(new byte[0], new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        map.update(new byte[0], new byte[] {2, 0, 0, 0, 0, 0, 0, 0});
        byte first = (byte) (type == MapType.QUEUE ? 1 : 2);
        assertThat(map.lookup(new byte[0])).startsWith(first);
        assertThat(map.lookup(new byte[0])).startsWith(first);
        assertThat(map.take(new byte[0])).startsWith(first);
        assertThat(map.lookup(new byte[0])).startsWith((byte) (3 - first));
      }
    }
  }

  @Test
  void aBloomFilterIsAskedForValues() {
    try (BpfMap map = BpfMap.create(MapSpec.of("b", MapType.BLOOM_FILTER, 0, 4, 100))) {
      byte[] value = {1, 2, 3, 4};
      assertThat(map.contains(value)).isFalse();
      map.update(new byte[0], value);
      assertThat(map.contains(value)).isTrue();
      assertThat(map.lookup(new byte[0], new byte[] {1, 2, 3, 4})).isTrue();
      assertThatThrownBy(() -> map.lookup(new byte[0])).isInstanceOf(BpfException.class);
    }
  }

  @Test
  void aWalkEndsWhenTheVisitorHasSeenEnough() {
    for (MapType type : new MapType[] {MapType.HASH, MapType.LRU_HASH}) {
      try (BpfMap map = BpfMap.create(MapSpec.of("w", type, 4, 4, 4096))) {
        for (int i = 0; i < 100; i++) {
          map.update(new Structure(new byte[4]).putInt(0, i).bytes(), new byte[4]);
        }
        int[] seen = {0};
        map.walk((key, value) -> ++seen[0] < 7);
        assertThat(seen[0]).isEqualTo(7);
      }
    }
  }

  @Test
  void aTypeNewerThanTheLibraryIsNoFailure() {
    assertThat(MapType.known(9999)).isEqualTo(MapType.UNSPEC);
    assertThat(MapType.known(-1)).isEqualTo(MapType.UNSPEC);
    assertThat(MapType.known(1)).isEqualTo(MapType.HASH);
  }
}
