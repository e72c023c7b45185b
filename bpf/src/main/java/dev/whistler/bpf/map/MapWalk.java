package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.MapCalls;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Walks by BPF_MAP_GET_NEXT_KEY. The kernel starts again at the first key when the key that one
 * stands on has been deleted, so visited keys are remembered and the number of new starts is
 * bounded: the walk neither repeats an entry nor goes on for ever.
 */
final class MapWalk {
  /** New starts after which a walk is over: programs delete faster than we read. */
  private static final int MAXIMUM_STARTS = 16;

  private MapWalk() {}

  static void walk(BpfMap map, BiConsumer<byte[], byte[]> visitor) {
    int fd = map.fd().number();
    Set<ByteBuffer> visited = new HashSet<>();
    byte[] key = new byte[map.keySize()];
    byte[] next = new byte[map.keySize()];
    boolean first = true;
    boolean restarted = false;
    int starts = 0;
    while (MapCalls.nextKey(fd, first ? null : key, next)) {
      first = false;
      byte[] copy = next.clone();
      if (visited.add(ByteBuffer.wrap(copy))) {
        restarted = false;
        byte[] value = map.lookup(copy);
        if (value != null) {
          visitor.accept(copy, value);
        }
      } else if (!restarted) {
        restarted = true;
        if (++starts == MAXIMUM_STARTS) {
          return;
        }
      }
      byte[] swap = key;
      key = next;
      next = swap;
    }
  }
}
