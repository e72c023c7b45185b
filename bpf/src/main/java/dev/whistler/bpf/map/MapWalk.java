package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.MapCalls;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Walks by BPF_MAP_GET_NEXT_KEY. The kernel starts again at the first key when the key that one
 * stands on has been deleted, so visited keys are remembered: the walk does not repeat an entry. It
 * goes on as long as it finds new ones, and not for ever, since it is bounded how many those are.
 */
final class MapWalk {
  /** New starts without a new entry after which a walk is over. */
  private static final int MAXIMUM_STARTS = 16;

  /** Visits, in units of what the map holds, after which programs insert faster than we read. */
  private static final long MAXIMUM_FILLS = 4;

  private MapWalk() {}

  static void walk(BpfMap map, BiPredicate<byte[], byte[]> visitor) {
    Set<ByteBuffer> visited = new HashSet<>();
    byte[] key = new byte[map.keySize()];
    byte[] next = new byte[map.keySize()];
    boolean first = true;
    boolean restarted = false;
    int starts = 0;
    long limit = MAXIMUM_FILLS * Integer.toUnsignedLong(map.maxEntries());
    while (visited.size() <= limit && MapCalls.nextKey(map.fd(), first ? null : key, next)) {
      first = false;
      byte[] copy = next.clone();
      if (visited.add(ByteBuffer.wrap(copy))) {
        restarted = false;
        starts = 0;
        byte[] value = map.lookup(copy);
        if (value != null && !visitor.test(copy, value)) {
          return;
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
