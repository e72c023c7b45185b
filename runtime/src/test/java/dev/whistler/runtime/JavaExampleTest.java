package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in Java needs the library alone, and runs as its first lines say. */
class JavaExampleTest {
  private static final Path EXAMPLE = Path.of("../examples/java/Forks.java");

  @TempDir Path directory;

  @Test
  void readsTheRecordsOfTheProgram() throws Exception {
    Path object = directory.resolve("forks.o");
    Files.write(object, Examples.compile("forks.lisp", Map.of()));
    Path output = directory.resolve("output");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                List.of(
                    java,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    "../bpf/target/classes",
                    EXAMPLE.toString(),
                    object.toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output))
        .containsPattern("(?m)^sleep lived \\d+ ms, child of \\d+$")
        .containsPattern("(?m)^forks on each CPU: \\[\\d+(, \\d+)*]$");
  }
}
