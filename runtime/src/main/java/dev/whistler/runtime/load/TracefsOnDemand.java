package dev.whistler.runtime.load;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.tracefs.Tracefs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tracing directory, opened only where a program needs it. */
final class TracefsOnDemand implements AutoCloseable {
  private @Nullable Tracefs open;

  Tracefs get() {
    Tracefs tracefs = open;
    if (tracefs == null) {
      tracefs = Tracefs.open();
      open = tracefs;
    }
    return tracefs;
  }

  /** Kernel functions that can be traced and match a pattern with {@code *} and {@code ?}. */
  List<String> functions(String pattern) {
    Glob glob = new Glob(pattern);
    Path list = get().root().resolve("available_filter_functions");
    try (Stream<String> lines = Files.lines(list)) {
      return lines.map(line -> line.split(" ", 2)[0]).filter(glob::matches).distinct().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new BpfException("cannot read " + list + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
    }
  }
}
