package dev.whistler.runtime.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Maps that are kept in step; other tests of this process may have readers, too. */
@Timeout(60)
class ReaderThreadsTest {
  /** More than any process id. */
  private static final int STALE = 0x7fff_0000;

  private static BpfMap map(int entries) {
    return BpfMap.create(MapSpec.of("readers", MapType.HASH, 4, 1, entries));
  }

  private static byte[] key(int thread) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(thread).array();
  }

  private static Set<Integer> threads(BpfMap map) {
    Set<Integer> threads = new HashSet<>();
    map.forEach(
        (key, _) -> threads.add(ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).getInt()));
    return threads;
  }

  @Test
  void aThreadIsKnownFromItsStartToItsEnd() throws Exception {
    try (BpfMap map = map(1024);
        AutoCloseable _ = ReaderThreads.tell(map)) {
      int id;
      try (Worker reader = Worker.reader();
          Worker other = Worker.other()) {
        id = reader.id();
        assertThat(threads(map)).contains(id).doesNotContain(other.id());
      }
      assertThat(threads(map)).doesNotContain(id);
    }
  }

  @Test
  void aLaterMapHasThoseThatRunAndNothingElse() throws Exception {
    try (Worker reader = Worker.reader();
        BpfMap map = map(1024)) {
      map.update(key(STALE), new byte[1]);
      try (AutoCloseable _ = ReaderThreads.tell(map)) {
        assertThat(threads(map)).contains(reader.id()).doesNotContain(STALE);
      }
      assertThat(threads(map)).as("once nobody keeps it in step").isEmpty();
    }
  }

  @Test
  void noMapKeepsAThreadFromRunning() throws Exception {
    BpfMap closed = map(8);
    try (BpfMap full = map(1);
        BpfMap other = BpfMap.create(MapSpec.of("readers", MapType.HASH, 4, 8, 8));
        BpfMap map = map(1024);
        AutoCloseable _ = ReaderThreads.tell(full);
        AutoCloseable _ = ReaderThreads.tell(other);
        AutoCloseable _ = ReaderThreads.tell(closed);
        AutoCloseable _ = ReaderThreads.tell(map)) {
      closed.close();
      full.update(key(STALE), new byte[1]);
      try (Worker first = Worker.reader();
          Worker second = Worker.reader()) {
        assertThat(threads(map)).contains(first.id(), second.id());
        assertThat(threads(other)).as("a map of another shape").isEmpty();
      }
    }
  }
}
