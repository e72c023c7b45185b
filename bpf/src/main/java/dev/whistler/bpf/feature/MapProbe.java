package dev.whistler.bpf.feature;

import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapFlags;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Mapping;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import java.nio.charset.StandardCharsets;

/** Makes the smallest map of a type. */
final class MapProbe {
  private static final int BTF_HEADER_BYTES = 24;
  private static final int INT_TYPE = 1;

  private MapProbe() {}

  static Probe probe(MapType type) {
    try {
      return switch (type) {
        case UNSPEC, STRUCT_OPS -> Probe.unknown("such maps need a structure of the kernel");
        case ARENA -> create(spec(type, 0, 0, 1).withFlags(MapFlags.MMAPABLE));
        case STACK_TRACE -> create(spec(type, 4, 8, 1));
        case LPM_TRIE -> create(spec(type, 8, 8, 1).withFlags(MapFlags.NO_PREALLOC));
        case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> create(spec(type, 8, 8, 0));
        case QUEUE, STACK, BLOOM_FILTER -> create(spec(type, 0, 4, 1));
        case RINGBUF, USER_RINGBUF -> create(spec(type, 0, 0, Mapping.PAGE_BYTES));
        case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> storage(type);
        case ARRAY_OF_MAPS, HASH_OF_MAPS -> ofMaps(type);
        case REUSEPORT_SOCKARRAY, XSKMAP, SOCKMAP, SOCKHASH, DEVMAP, DEVMAP_HASH, CPUMAP ->
            create(spec(type, 4, 4, 1));
        case PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY -> create(spec(type, 4, 4, 1));
        case HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LRU_HASH, LRU_PERCPU_HASH ->
            create(spec(type, 4, 4, 1));
      };
    } catch (SystemCallException e) {
      return Probe.isSilentAboutTheKernel(e)
          ? Probe.unknown(String.valueOf(e.getMessage()))
          : Probe.no("the kernel refuses such a map: " + e.errno());
    } catch (BpfException e) {
      return Probe.unknown(String.valueOf(e.getMessage()));
    }
  }

  private static MapSpec spec(MapType type, int key, int value, int entries) {
    return MapSpec.of("probe", type, key, value, entries);
  }

  private static Probe create(MapSpec spec) {
    BpfMap.create(spec).close();
    return Probe.yes();
  }

  private static Probe ofMaps(MapType type) {
    try (BpfMap inner = BpfMap.create(spec(MapType.ARRAY, 4, 4, 1))) {
      return create(spec(type, 4, 4, 1).withInner(inner));
    }
  }

  /** Local storage insists on type information: one int is key and value. */
  private static Probe storage(MapType type) {
    byte[] names = "\0int\0".getBytes(StandardCharsets.US_ASCII);
    Structure btf = new Structure(new byte[BTF_HEADER_BYTES + 16 + names.length]);
    btf.putShort(0, 0xeb9f)
        .putByte(2, 1)
        .putInt(4, BTF_HEADER_BYTES)
        .putInt(12, 16)
        .putInt(16, 16)
        .putInt(20, names.length)
        .putInt(24, 1)
        .putInt(28, 1 << 24)
        .putInt(32, 4)
        .putInt(36, 1 << 24 | 32);
    System.arraycopy(names, 0, btf.bytes(), BTF_HEADER_BYTES + 16, names.length);
    try (LoadedBtf loaded = LoadedBtf.load(btf.bytes())) {
      return create(
          spec(type, 4, 4, 0)
              .withFlags(MapFlags.NO_PREALLOC)
              .withTypes(new MapSpec.Types(loaded.fd(), INT_TYPE, INT_TYPE)));
    }
  }
}
