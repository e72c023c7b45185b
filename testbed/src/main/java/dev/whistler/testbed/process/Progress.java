package dev.whistler.testbed.process;

import java.io.PrintStream;
import java.util.Locale;

/** Where long work says what it is doing, one line at a time. */
@FunctionalInterface
public interface Progress {

  void say(String line);

  /** Each line with the seconds since this call, as the demo and the tests print it. */
  static Progress timed(PrintStream out) {
    long start = System.nanoTime();
    return line ->
        out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
  }
}
