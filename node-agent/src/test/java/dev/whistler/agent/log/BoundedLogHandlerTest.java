package dev.whistler.agent.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever logs goes on though nobody takes the lines, and learns what became of them. */
@Timeout(30)
final class BoundedLogHandlerTest {

  /** Standard error of which nobody reads until the gate opens. */
  private static final class Stalled extends Handler {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void aLineIsNeverWaitedForAndWhatIsDroppedIsTold() {
    Stalled error = new Stalled();
    BoundedLogHandler handler = new BoundedLogHandler(List.of(error));
    int lines = 5000;
    for (int i = 0; i < lines; i++) {
      handler.publish(new LogRecord(Level.INFO, "line " + i));
    }
    handler.flush();
    error.gate.countDown();
    await().until(() -> error.lines.stream().anyMatch(line -> line.contains("were dropped")));
    await().until(() -> error.lines.size() == written(error) + 1 && written(error) > 2000);
    String told = error.lines.stream().filter(line -> line.contains("dropped")).findFirst().get();
    long dropped = Long.parseLong(told.substring(0, told.indexOf(' ')));
    await().until(() -> written(error) + dropped == lines);
    assertThat(error.lines.getFirst()).isEqualTo("line 0");
  }

  private static long written(Stalled error) {
    return error.lines.stream().filter(line -> line.startsWith("line")).count();
  }

  @Test
  void theLogOfTheProcessGoesThroughItUntilItsEnd() {
    Logger root = Logger.getLogger("");
    Handler[] before = root.getHandlers();
    Stalled error = new Stalled();
    root.addHandler(error);
    BoundedLogHandler handler = BoundedLogHandler.install();
    try {
      assertThat(root.getHandlers()).containsExactly(handler);
      Logger.getLogger("any").warning("one");
      assertThat(handler.uninstall(Duration.ofMillis(50))).isFalse();
      assertThat(root.getHandlers()).as("still stalled").containsExactly(handler);
      error.gate.countDown();
      assertThat(handler.uninstall(Duration.ofSeconds(20))).isTrue();
      assertThat(root.getHandlers()).contains(error).doesNotContain(handler);
      assertThat(error.lines).contains("one");
    } finally {
      root.removeHandler(error);
      root.removeHandler(handler);
      for (Handler former : before) {
        root.removeHandler(former);
        root.addHandler(former);
      }
    }
  }
}
