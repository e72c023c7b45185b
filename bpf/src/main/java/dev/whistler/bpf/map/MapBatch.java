package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.MapCalls;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;

/** Many changes in few calls; one by one where the map type has no batch commands. */
final class MapBatch {
  private static final int MAXIMUM_ENTRIES = 1024;

  private static final int MAXIMUM_BATCH_BYTES = 4 << 20;

  /** Room for the entries of a bucket of a small map. */
  private static final int FIRST_ENTRIES = 16;

  private MapBatch() {}

  static void update(BpfMap map, List<byte[]> keys, List<byte[]> values, UpdateMode mode) {
    for (int from = 0; from < keys.size(); from += MAXIMUM_ENTRIES) {
      int to = Math.min(keys.size(), from + MAXIMUM_ENTRIES);
      int entries = to - from;
      byte[] keyBytes = join(keys.subList(from, to), map.keySize());
      byte[] valueBytes = join(values.subList(from, to), map.valueBytes());
      MapCalls.Batch batch =
          MapCalls.updateBatch(map.fd(), keyBytes, valueBytes, entries, mode.ordinal());
      if (unsupported(batch)) {
        for (int i = from; i < to; i++) {
          map.update(keys.get(i), values.get(i), mode);
        }
      } else if (batch.errno() != 0) {
        throw new SystemCallException(
            "update entry " + (from + batch.count()) + " of map " + map.name(), batch.errno());
      }
    }
  }

  /**
   * Whether a walk in batches visits each entry once: arrays are read by index, hash maps bucket by
   * bucket. Other types go on from the last key, which may be gone.
   */
  static boolean isFor(MapType type) {
    return switch (type) {
      case HASH, PERCPU_HASH, ARRAY, PERCPU_ARRAY -> true;
      default -> false;
    };
  }

  /**
   * Visits all entries: each key has its bucket or index, so none comes twice, and what programs
   * delete meanwhile does not disturb the walk.
   *
   * @return false if the map type has no batches; then nothing was visited
   */
  static boolean walk(BpfMap map, BiPredicate<byte[], byte[]> visitor) {
    int fitting = MAXIMUM_BATCH_BYTES / (map.keySize() + map.valueBytes());
    int room = Math.clamp(fitting, FIRST_ENTRIES, MAXIMUM_ENTRIES);
    // Not more than there can be.
    room = Math.min(room, Math.max(map.maxEntries(), FIRST_ENTRIES));
    byte[] position = new byte[Math.max(8, map.keySize())];
    boolean first = true;
    while (true) {
      byte[] keys = new byte[room * map.keySize()];
      byte[] values = new byte[room * map.valueBytes()];
      MapCalls.Batch batch = MapCalls.lookupBatch(map.fd(), position, first, keys, values, room);
      if (batch.errno() == Errno.ENOSPC.number() && room < map.maxEntries()) {
        // One bucket alone holds more than there is room for; the position has not moved.
        room = Math.min(room * 4, map.maxEntries());
        continue;
      }
      if (first && unsupported(batch)) {
        return false;
      }
      boolean atEnd = batch.errno() == Errno.ENOENT.number();
      if (batch.errno() != 0 && !atEnd) {
        throw new SystemCallException("walk through map " + map.name(), batch.errno());
      }
      for (int i = 0; i < batch.count(); i++) {
        byte[] key = part(keys, i, map.keySize());
        if (!visitor.test(key, part(values, i, map.valueBytes()))) {
          return true;
        }
      }
      if (atEnd) {
        return true;
      }
      first = false;
    }
  }

  private static byte[] part(byte[] all, int index, int size) {
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  static void delete(BpfMap map, List<byte[]> keys) {
    int at = 0;
    while (at < keys.size()) {
      int to = Math.min(keys.size(), at + MAXIMUM_ENTRIES);
      byte[] keyBytes = join(keys.subList(at, to), map.keySize());
      int entries = to - at;
      MapCalls.Batch batch = MapCalls.deleteBatch(map.fd(), keyBytes, entries);
      if (unsupported(batch)) {
        keys.subList(at, to).forEach(map::delete);
        at = to;
      } else if (batch.errno() == 0) {
        at = to;
      } else if (batch.errno() == Errno.ENOENT.number()) {
        // The batch ends at the first key that is not there: pass over it.
        at += batch.count() + 1;
      } else {
        throw new SystemCallException(
            "delete entry " + (at + batch.count()) + " of map " + map.name(), batch.errno());
      }
    }
  }

  /** 524 is what the kernel says for a map type without batches; EINVAL was said before 5.6. */
  private static boolean unsupported(MapCalls.Batch batch) {
    return batch.errno() == Errno.ENOTSUPP.number()
        || batch.errno() == Errno.EINVAL.number()
        || batch.errno() == Errno.EOPNOTSUPP.number();
  }

  private static byte[] join(List<byte[]> parts, int size) {
    byte[] all = new byte[parts.size() * size];
    for (int i = 0; i < parts.size(); i++) {
      byte[] part = parts.get(i);
      if (part.length != size) {
        throw new IllegalArgumentException(
            "entry " + i + " has " + part.length + " bytes, not " + size);
      }
      System.arraycopy(part, 0, all, i * size, size);
    }
    return all;
  }
}
