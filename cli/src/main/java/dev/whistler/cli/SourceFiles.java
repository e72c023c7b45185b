package dev.whistler.cli;

import dev.whistler.compiler.source.SourceText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads files named on the command line, bounded, with one sentence for each way it can fail. */
final class SourceFiles {
  /** The language allows 1 MiB of source text (section 22). */
  static final int SOURCE_LIMIT = 1 << 20;

  private SourceFiles() {}

  static List<SourceText> read(List<Path> files) {
    return files.stream().map(SourceFiles::read).toList();
  }

  private static SourceText read(Path file) {
    // One byte more than the limit, and a byte-order mark: then the compiler says that it is
    // longer.
    return SourceText.of(file.toString(), head(file, SOURCE_LIMIT + 4));
  }

  /** The whole file, refused beyond {@code limit} bytes. */
  static byte[] bytes(Path file, int limit, String what) {
    byte[] bytes = head(file, limit + 1);
    if (bytes.length > limit) {
      throw CommandFailure.badInput(
          file + " is larger than " + limit / 1024 + " KiB, the limit for " + what);
    }
    return bytes;
  }

  /** At most so many bytes of a file, from its beginning. */
  private static byte[] head(Path file, int length) {
    if (Files.isDirectory(file)) {
      throw CommandFailure.usage(file + " is a directory; name a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(length);
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage(file + " does not exist; check the name");
    } catch (AccessDeniedException e) {
      throw CommandFailure.usage(file + " is not readable for this user; check its permissions");
    } catch (IOException e) {
      throw CommandFailure.machine("cannot read " + file + ": " + e.getMessage());
    }
  }
}
