package dev.whistler.runtime;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A shell that calls kill(2) on itself, with signal 0, as often as told. */
final class Killer implements Producer {
  private static final String SCRIPT =
      "while read n; do i=0; while [ $i -lt $n ]; do kill -0 $$; i=$((i+1)); done; echo $n; done";

  private final Process process;
  private final Writer input;

  Killer() {
    try {
      process = new ProcessBuilder("/bin/sh", "-c", SCRIPT).start();
      input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void begin(int calls) {
    try {
      input.write(calls + "\n");
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void await() {
    try {
      while (process.getInputStream().read() != '\n') {
        if (!process.isAlive()) {
          throw new IllegalStateException("the shell ended");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill(int calls) {
    begin(calls);
    await();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
