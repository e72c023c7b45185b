package dev.whistler.bpf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Objects built by clang 19 from C sources. */
public final class ClangObjects {
  private static final Path CLANG = Path.of("/usr/bin/clang-19");
  private static final Map<String, byte[]> BUILT = new ConcurrentHashMap<>();

  private ClangObjects() {}

  /** The object built from {@code objects/NAME.bpf.c}; skips the test where clang is missing. */
  public static byte[] build(String name) {
    return BUILT
        .computeIfAbsent(
            name, n -> PrebuiltObjects.find(n).orElseGet(() -> compile(n, resource(n))))
        .clone();
  }

  private static String resource(String name) {
    try (InputStream source =
        ClangObjects.class.getResourceAsStream("/objects/" + name + ".bpf.c")) {
      if (source == null) {
        throw new IllegalArgumentException("no source objects/" + name + ".bpf.c");
      }
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The object of a source text; skips the test where clang is missing. */
  public static byte[] compile(String name, String source) {
    Assumptions.assumeTrue(
        Files.isExecutable(CLANG) && Files.exists(Path.of("/usr/include/bpf/bpf_helpers.h")),
        "needs clang-19 and the headers of libbpf");
    Path directory = null;
    try {
      directory = Files.createTempDirectory("bpf-objects");
      Path input = Files.writeString(directory.resolve(name + ".bpf.c"), source);
      Path output = directory.resolve(name + ".o");
      Path messages = directory.resolve("messages");
      Process clang =
          new ProcessBuilder(
                  CLANG.toString(),
                  "-O2",
                  "-g",
                  "-target",
                  "bpfel",
                  "-mcpu=v3",
                  "-Wno-everything",
                  "-I/usr/include/"
                      + System.getProperty("os.arch").replace("amd64", "x86_64")
                      + "-linux-gnu",
                  "-c",
                  input.toString(),
                  "-o",
                  output.toString())
              .redirectErrorStream(true)
              .redirectOutput(messages.toFile())
              .start();
      if (!clang.waitFor(60, TimeUnit.SECONDS) || clang.exitValue() != 0) {
        clang.destroyForcibly();
        throw new IllegalStateException(
            name + ": " + Files.readString(messages, StandardCharsets.UTF_8));
      }
      return Files.readAllBytes(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      delete(directory);
    }
  }

  private static void delete(@Nullable Path directory) {
    if (directory != null) {
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
        Files.delete(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
