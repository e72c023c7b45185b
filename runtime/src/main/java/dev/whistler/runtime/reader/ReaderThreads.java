package dev.whistler.runtime.reader;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The reader threads of this process, in step with the maps by which programs know them. A map that
 * does not take an entry does no harm but that its program sees more: nothing here fails.
 */
public final class ReaderThreads {
  /**
   * Symbol of the map, which the compiler adds: a hash of thread ids in the initial name space of
   * processes (4 bytes) with values of 1 byte.
   */
  public static final String MAP = ".whistler.reader";

  private static final byte[] PRESENT = {1};

  private static final Set<Integer> THREADS = new HashSet<>();
  private static final List<BpfMap> MAPS = new ArrayList<>();

  private ReaderThreads() {}

  /**
   * Keeps a map in step until the returned object is closed, which takes the threads out again.
   * What an earlier process left in it is removed: its ids may be somebody else's by now.
   *
   * @param map of that symbol, open until then; one of another shape is left alone
   */
  public static synchronized AutoCloseable tell(BpfMap map) {
    if (map.type() != MapType.HASH || map.keySize() != Integer.BYTES || map.valueSize() != 1) {
      return () -> {};
    }
    attempt(() -> clear(map));
    THREADS.forEach(thread -> attempt(() -> map.update(key(thread), PRESENT)));
    MAPS.add(map);
    return () -> forget(map);
  }

  private static void clear(BpfMap map) {
    List<byte[]> left = new ArrayList<>();
    map.forEach((key, _) -> left.add(key.clone()));
    map.deleteAll(left);
  }

  private static synchronized void forget(BpfMap map) {
    MAPS.removeIf(told -> told == map);
    attempt(() -> clear(map));
  }

  static synchronized void add(int thread) {
    THREADS.add(thread);
    MAPS.forEach(map -> attempt(() -> map.update(key(thread), PRESENT)));
  }

  static synchronized void remove(int thread) {
    THREADS.remove(thread);
    MAPS.forEach(map -> attempt(() -> map.delete(key(thread))));
  }

  private static void attempt(Runnable change) {
    try {
      change.run();
    } catch (BpfException | IllegalStateException _) {
      // A full map, a missing right, or a map that is closed already.
    }
  }

  private static byte[] key(int thread) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(thread).array();
  }
}
