package dev.whistler.runtime;

import dev.whistler.runtime.load.RejectedSources;
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

  /** Puts an object into a directory under the name by which it will be looked for. */
  public static void keep(Path directory, String name, byte[] object) throws IOException {
    Files.write(directory.resolve(name + ".o"), object);
  }

  /** Builds every object that the tests of this module ask for into the directory given. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    KillsObject.buildAll(directory);
    for (RejectedSources.Source source : RejectedSources.all()) {
      source.keep(directory);
    }
  }
}
