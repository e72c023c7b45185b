package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.Mapping;
import java.util.Optional;

/**
 * What the kernel's map_alloc_check functions (kernel/bpf) demand, for which it says EINVAL only.
 */
final class MapRules {
  private MapRules() {}

  static Optional<String> problem(MapSpec spec) {
    String problem =
        switch (spec.type()) {
          case RINGBUF, USER_RINGBUF -> ring(spec);
          case QUEUE, STACK, BLOOM_FILTER -> keyless(spec);
          case ARRAY, PERCPU_ARRAY -> array(spec);
          case PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY -> descriptors(spec);
          case ARRAY_OF_MAPS, HASH_OF_MAPS -> ofMaps(spec);
          case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH -> hash(spec);
          case STACK_TRACE -> stackTrace(spec);
          default -> "";
        };
    return problem.isEmpty()
        ? Optional.empty()
        : Optional.of("map " + spec.name() + " cannot be made: " + problem);
  }

  private static String ring(MapSpec spec) {
    if (spec.keySize() != 0 || spec.valueSize() != 0) {
      return "a ring buffer has neither key nor value size";
    }
    int bytes = spec.maxEntries();
    return Integer.bitCount(bytes) == 1 && Integer.remainderUnsigned(bytes, Mapping.PAGE_BYTES) == 0
        ? ""
        : "a ring buffer of %s bytes is no power of two and multiple of the page of %d bytes"
            .formatted(Integer.toUnsignedString(bytes), Mapping.PAGE_BYTES);
  }

  private static String keyless(MapSpec spec) {
    if (spec.keySize() != 0) {
      return "a " + noun(spec) + " has no key, not one of " + spec.keySize() + " bytes";
    }
    return spec.valueSize() == 0 ? "its value has no size" : entries(spec);
  }

  private static String array(MapSpec spec) {
    if (spec.keySize() != 4) {
      return "the key of an array has 4 bytes, not " + spec.keySize();
    }
    return spec.valueSize() == 0 ? "its value has no size" : entries(spec);
  }

  private static String descriptors(MapSpec spec) {
    if (spec.keySize() != 4 || spec.valueSize() != 4) {
      return "key and value of a %s have 4 bytes each, not %d and %d"
          .formatted(noun(spec), spec.keySize(), spec.valueSize());
    }
    return entries(spec);
  }

  private static String ofMaps(MapSpec spec) {
    if (spec.valueSize() != 4) {
      return "the value of a map of maps has 4 bytes, not " + spec.valueSize();
    }
    return spec.inner() == null
        ? "it does not say what maps it holds (values, or an inner map as template)"
        : entries(spec);
  }

  private static String hash(MapSpec spec) {
    if (spec.keySize() == 0) {
      return "its key has no size";
    }
    return spec.valueSize() == 0 ? "its value has no size" : entries(spec);
  }

  private static String stackTrace(MapSpec spec) {
    if (spec.keySize() != 4 || spec.valueSize() < 8 || spec.valueSize() % 8 != 0) {
      return "the key of a stack trace map has 4 bytes and its value a multiple of 8, not %d and %d"
          .formatted(spec.keySize(), spec.valueSize());
    }
    return entries(spec);
  }

  private static String entries(MapSpec spec) {
    return spec.maxEntries() == 0
        ? "it has room for 0 entries; its definition leaves max_entries to the loader"
            + " (LoadOptions.withMaxEntries)"
        : "";
  }

  private static String noun(MapSpec spec) {
    return spec.type().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
