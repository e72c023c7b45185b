package dev.whistler.cli;

import dev.whistler.compiler.source.SourceText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
    byte[] bytes = bytes(file, SOURCE_LIMIT, "source text");
    if (bytes.length == 0) {
      throw CommandFailure.badInput(file + " is empty; a unit needs at least one defprog");
    }
    int start =
        bytes.length >= 3
                && bytes[0] == (byte) 0xef
                && bytes[1] == (byte) 0xbb
                && bytes[2] == (byte) 0xbf
            ? 3
            : 0;
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
              .toString();
      return new SourceText(file.toString(), text);
    } catch (CharacterCodingException e) {
      throw CommandFailure.badInput(
          file + " is not UTF-8 text; convert it, for instance with iconv");
    }
  }

  /** The whole file, refused beyond {@code limit} bytes. */
  static byte[] bytes(Path file, int limit, String what) {
    if (Files.isDirectory(file)) {
      throw CommandFailure.usage(file + " is a directory; name a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw CommandFailure.badInput(
            file + " is larger than " + limit / 1024 + " KiB, the limit for " + what);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage(file + " does not exist; check the name");
    } catch (AccessDeniedException e) {
      throw CommandFailure.usage(file + " is not readable for this user; check its permissions");
    } catch (IOException e) {
      throw CommandFailure.machine("cannot read " + file + ": " + e.getMessage());
    }
  }
}
