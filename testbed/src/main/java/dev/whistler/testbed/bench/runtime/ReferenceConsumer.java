package dev.whistler.testbed.bench.runtime;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.BenchmarkException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The consumer in C on libbpf, {@code testbed/benchmarks/runtime/consumer.cc}: built here, a
 * process of its own that measures when it is told to.
 */
public final class ReferenceConsumer implements AutoCloseable {
  private static final int BUILD_SECONDS = 120;
  private static final int EXIT_SECONDS = 10;
  private static final Path RAPIDJSON = Path.of("/usr/include/rapidjson/writer.h");

  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  private ReferenceConsumer(Process process) {
    this.process = process;
    commands = process.outputWriter(StandardCharsets.US_ASCII);
    answers = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** Whether the JSON library of the comparison is installed. */
  public static boolean hasLibrary() {
    return Files.exists(RAPIDJSON);
  }

  /**
   * Builds it and lets it load the program.
   *
   * @param scratch directory for the executable and the object, which the caller removes
   * @throws BenchmarkException if there is no compiler or no libbpf
   */
  public static ReferenceConsumer start(Repository repository, Path scratch) {
    Path executable = scratch.resolve("consumer");
    Path log = scratch.resolve("consumer.log");
    List<String> build = new ArrayList<>(List.of("g++", "-O2", "-Wall"));
    if (hasLibrary()) {
      build.add("-DWITH_RAPIDJSON");
    }
    build.addAll(
        List.of(
            repository.root().resolve("testbed/benchmarks/runtime/consumer.cc").toString(),
            "-o",
            executable.toString(),
            "-lbpf",
            "-lpthread"));
    try {
      Process compiler =
          new ProcessBuilder(build).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (!compiler.waitFor(BUILD_SECONDS, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
        compiler.destroyForcibly();
        throw new BenchmarkException(
            "The consumer in C does not build (Debian: g++, libbpf-dev): " + Files.readString(log));
      }
      Path object = scratch.resolve("samples.o");
      Files.write(object, Samples.compile(repository).elf());
      return new ReferenceConsumer(
          new ProcessBuilder(executable.toString(), object.toString())
              .redirectError(log.toFile())
              .start());
    } catch (IOException e) {
      throw new BenchmarkException(
          "Cannot build the consumer in C (" + e.getMessage() + "): install g++ and libbpf-dev.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("Interrupted while the consumer in C was built.");
    }
  }

  /**
   * Lets it measure.
   *
   * @param mode consume, snprintf, library, call or live
   * @param records that it fills the ring with, or calls
   */
  public Drained measure(String mode, int records) {
    try {
      commands.write(mode + " " + records + "\n");
      commands.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new BenchmarkException("The consumer in C ended while it measured " + mode + ".");
      }
      long[] numbers =
          Pattern.compile(" ").splitAsStream(answer).mapToLong(Long::parseLong).toArray();
      return new Drained(numbers[0], numbers[1], numbers[2], numbers[3], 0);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot talk to the consumer in C.", e);
    }
  }

  @Override
  public void close() {
    try {
      commands.close();
      if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      answers.close();
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
