package dev.whistler.runtime;

/** Makes events by the number, on a processor of its own. */
interface Producer extends AutoCloseable {
  /** Begins so many events. */
  void begin(int events);

  /** Waits for the end of the events begun last. */
  void await();

  @Override
  void close();
}
