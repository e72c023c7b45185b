package dev.whistler.bpf;

import dev.whistler.bpf.verifier.RejectedPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Objects that were built on another machine, for one that has no compiler: the directory that the
 * system property {@code whistler.objects} names. {@link #main} fills one.
 */
public final class PrebuiltObjects {
  private static final @Nullable String DIRECTORY = System.getProperty("whistler.objects");

  private PrebuiltObjects() {}

  /** The object of a name, if there is a directory with it. */
  public static Optional<byte[]> find(String name) {
    Path file = Path.of(DIRECTORY == null ? "" : DIRECTORY, name + ".o");
    if (DIRECTORY == null || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Builds every object that the tests of this module ask for into the directory given. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    URI sources = PrebuiltObjects.class.getResource("/objects").toURI();
    try (var files = Files.list(Path.of(sources))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".bpf.c", "");
        Files.write(directory.resolve(name + ".o"), ClangObjects.build(name));
      }
    }
    List<RejectedPrograms.Program> rejected = RejectedPrograms.all();
    for (RejectedPrograms.Program program : rejected) {
      Files.write(directory.resolve(program.objectName() + ".o"), program.object());
    }
  }
}
