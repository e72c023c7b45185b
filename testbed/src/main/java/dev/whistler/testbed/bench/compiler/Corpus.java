package dev.whistler.testbed.bench.compiler;

import dev.whistler.testbed.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The programs that are compared. */
public final class Corpus {
  private Corpus() {}

  /**
   * A program in both languages.
   *
   * @param name file name without its ending
   */
  public record Pair(String name, Path lisp, Path c) {}

  /**
   * The pairs by name: every C file of {@code testbed/benchmarks/compiler}, with the Lisp file of
   * that name beside it or among the examples.
   */
  public static List<Pair> of(Repository repository) {
    Path directory = repository.root().resolve("testbed/benchmarks/compiler");
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".c"))
          .sorted()
          .map(file -> pair(repository, directory, file))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the benchmark programs.", e);
    }
  }

  private static Pair pair(Repository repository, Path directory, Path c) {
    String name = c.getFileName().toString().replaceFirst("\\.c$", "");
    Path beside = directory.resolve(name + ".lisp");
    return new Pair(name, Files.exists(beside) ? beside : repository.example(name + ".lisp"), c);
  }
}
