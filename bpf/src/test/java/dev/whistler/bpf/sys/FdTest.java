package dev.whistler.bpf.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.ring.RingBufferReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FdTest {
  private static boolean isOpen(int number) {
    return Files.exists(Path.of("/proc/self/fd/" + number));
  }

  @Test
  void theNumberIsGivenBackWhenTheLastCallHasEnded() {
    Fd fd = new EventFd().fd();
    int number = fd.acquire();
    assertThat(fd.acquire()).isEqualTo(number);
    fd.close();
    assertThat(fd.isOpen()).isFalse();
    assertThat(isOpen(number)).isTrue();
    assertThatThrownBy(fd::acquire).isInstanceOf(IllegalStateException.class);
    fd.release();
    assertThat(isOpen(number)).isTrue();
    fd.release();
    assertThat(isOpen(number)).isFalse();
    fd.close();
  }

  @Test
  void aCallThatFailsEndsToo() {
    Fd fd = new EventFd().fd();
    int number = fd.call(open -> open);
    assertThatThrownBy(
            () ->
                fd.call(
                    n -> {
                      throw new IllegalArgumentException();
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    fd.close();
    assertThat(isOpen(number)).isFalse();
  }

  /** Numbers are used again at once: a call that came late would read the larger map's values. */
  @Test
  void noCallReachesAMapThatGotTheNumberOfAClosedOne() throws Exception {
    AtomicReference<BpfMap> current = new AtomicReference<>(map(8));
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    byte[] value = new byte[8];
                    try {
                      while (!Thread.currentThread().isInterrupted()) {
                        try {
                          current.get().lookup(new byte[4], value);
                        } catch (IllegalStateException closed) {
                          continue;
                        }
                        if (value[0] != 8) {
                          throw new AssertionError("a value of another map: " + value[0]);
                        }
                      }
                    } catch (Throwable e) {
                      failure.set(e);
                    }
                  }));
    }
    for (int round = 0; round < 3000 && failure.get() == null; round++) {
      BpfMap before = current.get();
      before.close();
      try (BpfMap large = map(4096)) {
        current.set(map(8));
        assertThat(large.valueSize()).isEqualTo(4096);
      }
    }
    for (Thread reader : readers) {
      reader.interrupt();
      reader.join();
    }
    current.get().close();
    assertThat(failure.get()).isNull();
  }

  private static BpfMap map(int valueBytes) {
    BpfMap map = BpfMap.create(MapSpec.of("m" + valueBytes, MapType.ARRAY, 4, valueBytes, 1));
    byte[] value = new byte[valueBytes];
    value[0] = (byte) (valueBytes == 8 ? 8 : 99);
    map.update(new byte[4], value);
    return map;
  }

  @Test
  void aReaderMayBeWokenWhileItIsClosed() throws Exception {
    for (int round = 0; round < 200; round++) {
      try (BpfMap ring = BpfMap.create(MapSpec.ring("r", Mapping.PAGE_BYTES))) {
        RingBufferReader reader = RingBufferReader.open(ring);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads =
            List.of(
                Thread.ofPlatform().start(() -> keep(failure, reader::close)),
                Thread.ofPlatform().start(() -> keep(failure, reader::close)),
                Thread.ofPlatform()
                    .start(
                        () ->
                            keep(
                                failure,
                                () -> {
                                  while (!reader.isClosed()) {
                                    reader.wake();
                                  }
                                  reader.wake();
                                })));
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(failure.get()).isNull();
      }
    }
  }

  private static void keep(AtomicReference<Throwable> failure, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  @Test
  void anyTimeCanBeWaited() {
    assertThat(Epoll.millis(ChronoUnit.FOREVER.getDuration())).isEqualTo(Integer.MAX_VALUE);
    assertThat(Epoll.millis(Duration.ofDays(400))).isEqualTo(Integer.MAX_VALUE);
    assertThat(Epoll.millis(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
    assertThat(Epoll.millis(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(Epoll.millis(Duration.ofMillis(20))).isEqualTo(20);
    assertThat(Epoll.millis(Duration.ZERO)).isZero();
  }
}
