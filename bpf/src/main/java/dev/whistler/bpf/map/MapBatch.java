package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.MapCalls;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.List;

/** Many changes in few calls; one by one where the map type has no batch commands. */
final class MapBatch {
  private static final int MAXIMUM_ENTRIES = 1024;

  private MapBatch() {}

  static void update(BpfMap map, List<byte[]> keys, List<byte[]> values, UpdateMode mode) {
    for (int from = 0; from < keys.size(); from += MAXIMUM_ENTRIES) {
      int to = Math.min(keys.size(), from + MAXIMUM_ENTRIES);
      byte[] keyBytes = join(keys.subList(from, to), map.keySize());
      byte[] valueBytes = join(values.subList(from, to), map.valueBytes());
      MapCalls.Batch batch =
          MapCalls.updateBatch(map.fd().number(), keyBytes, valueBytes, to - from, mode.ordinal());
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

  static void delete(BpfMap map, List<byte[]> keys) {
    int at = 0;
    while (at < keys.size()) {
      int to = Math.min(keys.size(), at + MAXIMUM_ENTRIES);
      byte[] keyBytes = join(keys.subList(at, to), map.keySize());
      MapCalls.Batch batch = MapCalls.deleteBatch(map.fd().number(), keyBytes, to - at);
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
