package dev.whistler.runtime.load;

import dev.whistler.bpf.sys.BpfException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Looks every second whether what programs are attached to is still there: an interface or a cgroup
 * can go, and a binary can be replaced, while the kernel keeps the attachment without effect.
 */
public final class PlaceWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Map<String, BooleanSupplier> places;
  private final Consumer<String> gone;
  private final Thread thread;

  /**
   * Begins to look.
   *
   * @param gone told each place that is gone, once, as a sentence
   */
  public PlaceWatch(Attachments attachments, Consumer<String> gone) {
    this.places = new LinkedHashMap<>(attachments.places());
    this.gone = gone;
    thread = Thread.ofVirtual().name("places").unstarted(this::run);
    if (!places.isEmpty()) {
      thread.start();
    }
  }

  private void run() {
    try {
      while (!places.isEmpty()) {
        Thread.sleep(INTERVAL);
        places.entrySet().removeIf(this::isGone);
      }
    } catch (InterruptedException _) {
      // closed
    } catch (BpfException e) {
      gone.accept(
          "It cannot be told whether everything is still attached: " + e.getMessage() + ".");
    }
  }

  private boolean isGone(Map.Entry<String, BooleanSupplier> place) {
    if (!place.getValue().getAsBoolean()) {
      return false;
    }
    gone.accept(
        "What a program was attached to is gone or was replaced (%s); start it again when it is back."
            .formatted(place.getKey()));
    return true;
  }

  /** Looks no more; returns when the last look has ended. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
