package dev.whistler.bpf.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.sys.BpfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a map is reckoned to take is what the running kernel says that it takes, or a little more.
 */
class MapMemoryTest {
  private static final long SLACK = 8 << 10;

  static Stream<MapSpec> specs() {
    return Stream.of(
            List.of(
                MapSpec.of("m", MapType.ARRAY, 4, 13, 100_000),
                MapSpec.of("m", MapType.ARRAY, 4, 1 << 20, 1),
                MapSpec.of("m", MapType.ARRAY, 4, 8, 70_000).withFlags(MapFlags.MMAPABLE),
                MapSpec.of("m", MapType.PERCPU_ARRAY, 4, 24, 20_000),
                MapSpec.of("m", MapType.PROG_ARRAY, 4, 4, 9_000),
                MapSpec.ring("m", 1 << 20)),
            hashes(MapType.HASH),
            hashes(MapType.PERCPU_HASH),
            List.of(
                MapSpec.of("m", MapType.LRU_HASH, 5, 20, 33_000),
                MapSpec.of("m", MapType.LRU_PERCPU_HASH, 8, 20, 33_000),
                MapSpec.of("m", MapType.QUEUE, 0, 40, 10_000),
                MapSpec.of("m", MapType.STACK, 0, 40, 10_000),
                MapSpec.of("m", MapType.STACK_TRACE, 4, 1016, 1_000),
                MapSpec.of("m", MapType.BLOOM_FILTER, 0, 8, 100_000)))
        .flatMap(List::stream);
  }

  private static List<MapSpec> hashes(MapType type) {
    return List.of(
        MapSpec.of("m", type, 4, 8, 40_000),
        MapSpec.of("m", type, 13, 100, 65_537),
        MapSpec.of("m", type, 4, 8, 40_000).withFlags(MapFlags.NO_PREALLOC));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void isWhatTheKernelSays(MapSpec spec) throws IOException {
    try (BpfMap map = create(spec)) {
      if ((spec.flags() & MapFlags.NO_PREALLOC) != 0) {
        fill(map);
      }
      long charged = charged(map);
      assumeTrue(charged > 0, "this kernel (before 6.4) does not say what a map takes");
      assertThat(MapMemory.bytes(spec))
          .as("%s, of which the kernel says %d", spec, charged)
          .isBetween(charged, charged + charged / 5 + SLACK);
    }
  }

  @Test
  void anEmptyMapOnDemandIsReckonedAsAFullOne() {
    MapSpec full = MapSpec.of("m", MapType.HASH, 4, 1000, 10_000);
    assertThat(MapMemory.bytes(full.withFlags(MapFlags.NO_PREALLOC)))
        .isGreaterThan(MapMemory.bytes(full) - SLACK);
    assertThat(
            MapMemory.bytes(
                MapSpec.of("m", MapType.LPM_TRIE, 8, 8, 1000).withFlags(MapFlags.NO_PREALLOC)))
        .isGreaterThan(1000 * (40 + 16));
  }

  @Test
  void whatNoMachineHasIsNoSmallNumber() {
    assertThat(MapMemory.bytes(MapSpec.of("m", MapType.ARRAY, 4, 8, 1_000_000_000)))
        .isGreaterThan(8_000_000_000L);
    assertThat(MapMemory.bytes(MapSpec.of("m", MapType.ARRAY, 4, -8, -1))).isGreaterThan(1L << 60);
    assertThat(MapMemory.bytes(MapSpec.of("m", MapType.PERCPU_HASH, 4, -8, -1)))
        .isGreaterThan(1L << 60);
  }

  private static BpfMap create(MapSpec spec) {
    try {
      return BpfMap.create(spec);
    } catch (BpfException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  private static void fill(BpfMap map) {
    byte[] value = new byte[map.valueBytes()];
    for (int i = 0; i < map.maxEntries(); i++) {
      byte[] key =
          ByteBuffer.allocate(map.keySize()).order(ByteOrder.LITTLE_ENDIAN).putInt(0, i).array();
      map.update(key, value);
    }
  }

  /** The memlock of fdinfo, which is exact since Linux 6.4. */
  private static long charged(BpfMap map) throws IOException {
    String mine = "map_id:\t" + map.id();
    try (var descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
      for (Path descriptor : descriptors.toList()) {
        List<String> lines = lines(descriptor);
        if (lines.contains(mine)) {
          return lines.stream()
              .filter(line -> line.startsWith("memlock:"))
              .mapToLong(line -> Long.parseLong(line.substring("memlock:".length()).strip()))
              .findFirst()
              .orElse(0);
        }
      }
    }
    return 0;
  }

  /** None where the descriptor was closed since it was listed. */
  private static List<String> lines(Path descriptor) {
    try {
      return Files.readAllLines(descriptor);
    } catch (IOException e) {
      return List.of();
    }
  }
}
