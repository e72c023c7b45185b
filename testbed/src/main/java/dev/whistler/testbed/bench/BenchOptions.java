package dev.whistler.testbed.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.whistler.testbed.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the command line says of a benchmark.
 *
 * @param repository whose documents and programs are meant
 * @param isShort few repetitions, and the document stays as it is
 * @param raw where the raw data go
 */
record BenchOptions(Repository repository, boolean isShort, Path raw) {

  /**
   * Reads the words behind the benchmark's name.
   *
   * @param name of the benchmark, from which the default file follows
   * @throws IllegalArgumentException with a sentence, if a word is unknown
   */
  static BenchOptions parse(String name, List<String> arguments) {
    Repository repository = Repository.find();
    boolean isShort = false;
    Path raw = repository.root().resolve("target/bench-" + name + ".json");
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--short" -> isShort = true;
        case "-o" -> {
          if (++i == arguments.size()) {
            throw new IllegalArgumentException("-o takes a file.");
          }
          raw = Path.of(arguments.get(i));
        }
        default -> throw new IllegalArgumentException("Unknown: " + arguments.get(i));
      }
    }
    return new BenchOptions(repository, isShort, raw);
  }

  /**
   * Writes the raw data as JSON, prints the report, and puts it into the document.
   *
   * @param results records of what was measured
   */
  void publish(String heading, Object results, String report) {
    try {
      Path parent = raw.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(raw, json(results));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + raw + ".", e);
    }
    report(heading, report);
  }

  /** Prints the report, and puts it into the document. */
  void report(String heading, String report) {
    if (!isShort) {
      new BenchmarkDocument(repository.root().resolve("docs/benchmarks.md"))
          .replace(heading, report);
    }
    System.out.print(report);
  }

  private static String json(Object results) {
    try {
      return new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(results)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
