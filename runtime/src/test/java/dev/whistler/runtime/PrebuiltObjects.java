package dev.whistler.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Objects that were built on another machine, for one that has no clang: the directory that the
 * system property {@code whistler.objects} names. {@link #main} fills one.
 */
public final class PrebuiltObjects {
  private static final @Nullable String DIRECTORY = System.getProperty("whistler.objects");

  private PrebuiltObjects() {}

  /** The object of a name, if there is a directory with it. */
  static Optional<byte[]> find(String name) {
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

  static void keep(Path directory, String name, byte[] object) throws IOException {
    Files.write(directory.resolve(name + ".o"), object);
  }

  /** Builds every object that the tests of this module ask for into the directory given. */
  public static void main(String[] arguments) throws Exception {
    KillsObject.buildAll(Files.createDirectories(Path.of(arguments[0])));
  }
}
