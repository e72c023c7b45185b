package dev.whistler.runtime.load;

import dev.whistler.bpf.tracefs.Tracefs;
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

  @Override
  public void close() {
    if (open != null) {
      open.close();
    }
  }
}
