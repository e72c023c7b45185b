package dev.whistler.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TeardownTest {

  @TempDir Path directory;

  @Test
  void undoesLastFirstOnceAndGoesOnAfterAFailure() {
    List<String> undone = new ArrayList<>();
    Teardown teardown = new Teardown();
    teardown.add("first", () -> undone.add("first"));
    teardown.add(
        "second",
        () -> {
          throw new IllegalStateException("stuck");
        });
    teardown.add("third", () -> undone.add("third"));
    assertThatThrownBy(teardown::close).hasMessage("Could not undo: second.");
    teardown.close();
    assertThat(undone).containsExactly("third", "first");
  }

  @Test
  void aProcessThatIgnoresTermIsKilled() throws Exception {
    ChildProcess stubborn =
        ChildProcess.start(
            "stubborn",
            directory.resolve("log"),
            Map.of(),
            List.of("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"));
    Waiting.until("ready", Duration.ofSeconds(5), () -> stubborn.logTail(1).equals("ready"));
    stubborn.stop(Duration.ofMillis(200));
    assertThat(stubborn.alive()).isFalse();
    assertThatThrownBy(stubborn::requireAlive).hasMessageContaining("ended with exit code 137");
  }
}
