package dev.whistler.testbed.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Children that a single-threaded process has forked, one after the other. The parent is a shell,
 * which every machine has; {@code sched_process_fork} reports the forking thread as the parent.
 *
 * @param parent pid of the shell
 * @param children pids of its children, in the order of their birth
 * @param begin before the first fork
 * @param end after the last child was reaped
 */
public record Forks(long parent, List<Integer> children, Instant begin, Instant end) {

  /** The command name (at most 15 characters) that parent and children have. */
  public static final String COMMAND = "sh";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * For any shell, with the number of children as {@code $1}; prints its own pid and theirs. A
   * child that only runs a builtin does not exec: it lives and dies under the shell's name.
   */
  public static final String SCRIPT =
      "echo $$; i=0; while [ $i -lt \"$1\" ]; do : & echo $!; wait $!; i=$((i+1)); done";

  public Forks {
    children = List.copyOf(children);
  }

  /** Forks {@code count} children and waits until all are gone. */
  public static Forks cause(int count) {
    Instant begin = Instant.now();
    try {
      Process shell =
          new ProcessBuilder("/bin/sh", "-c", SCRIPT, "forks", Integer.toString(count)).start();
      StringBuilder printed = new StringBuilder();
      try (BufferedReader pids = shell.inputReader()) {
        for (String pid = pids.readLine(); pid != null; pid = pids.readLine()) {
          printed.append(pid).append('\n');
        }
        if (!shell.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          throw new IllegalStateException("The shell that forks does not end.");
        }
      } finally {
        shell.destroyForcibly();
      }
      Forks forks = of(printed.toString(), begin, Instant.now());
      if (forks.children().size() != count) {
        throw new IllegalStateException(
            "The shell forked %d of %d children.".formatted(forks.children().size(), count));
      }
      return forks;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start /bin/sh.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while forking.", e);
    }
  }

  /** From what {@link #SCRIPT} printed somewhere. */
  public static Forks of(String printed, Instant begin, Instant end) {
    List<Integer> pids =
        printed
            .lines()
            .filter(line -> !line.isBlank())
            .map(String::strip)
            .map(Integer::valueOf)
            .toList();
    return new Forks(pids.getFirst(), pids.subList(1, pids.size()), begin, end);
  }
}
