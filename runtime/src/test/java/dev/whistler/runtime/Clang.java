package dev.whistler.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The C compiler of the tests. */
final class Clang {
  static final String PATH = "/usr/bin/clang-19";

  private Clang() {}

  static boolean isInstalled() {
    return Files.isExecutable(Path.of(PATH));
  }

  /** Runs it, or one of the tools that come with it; fails with what it says. */
  static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(command[0] + ": " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
