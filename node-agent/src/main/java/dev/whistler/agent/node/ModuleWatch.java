package dev.whistler.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notices that kernel modules have come or gone, which brings or takes away tracepoints. The kernel
 * tells nobody without a privileged socket, so its list is looked at now and then. Modules mostly
 * come in bursts, as when a node starts or a device is plugged in: what changes is told once, after
 * it has changed no more, but not put off for ever. For one thread.
 */
public final class ModuleWatch {
  /** Nothing changes for so long: it is over. */
  static final Duration QUIET = Duration.ofSeconds(5);

  /** Whatever changes, it is told after so long. */
  static final Duration LATEST = Duration.ofSeconds(30);

  private final Path list;
  private Set<String> told;
  private Set<String> seen;
  private @Nullable Long changedFirst;
  private long changedLast;

  private ModuleWatch(Path list, Set<String> loaded) {
    this.list = list;
    told = loaded;
    seen = loaded;
  }

  /** From what is loaded now on. */
  public static ModuleWatch begin() {
    return begin(Path.of("/proc/modules"));
  }

  /**
   * @param list text as of {@code /proc/modules} (proc(5)); absent if the kernel has no modules
   */
  static ModuleWatch begin(Path list) {
    return new ModuleWatch(list, read(list).orElse(Set.of()));
  }

  /**
   * Looks at the list.
   *
   * @param nanos now, by the clock of {@link System#nanoTime}
   * @return whether others are loaded than when it last said so, or at its beginning
   */
  public boolean changed(long nanos) {
    Set<String> now = read(list).orElse(seen);
    if (!now.equals(seen)) {
      seen = now;
      changedLast = nanos;
      if (changedFirst == null) {
        changedFirst = nanos;
      }
    }
    if (changedFirst == null
        || (nanos - changedLast < QUIET.toNanos() && nanos - changedFirst < LATEST.toNanos())) {
      return false;
    }
    changedFirst = null;
    boolean others = !seen.equals(told);
    told = seen;
    return others;
  }

  /** Names and sizes: another version of a module mostly has another size. */
  private static Optional<Set<String>> read(Path list) {
    try {
      return Optional.of(
          Files.readAllLines(list).stream()
              .map(line -> List.of(line.split(" ", -1)))
              // Of one that is just being loaded or unloaded there may be half.
              .filter(words -> words.size() > 4 && words.get(4).equals("Live"))
              .map(words -> words.get(0) + " " + words.get(1))
              .collect(Collectors.toUnmodifiableSet()));
    } catch (NoSuchFileException noModules) {
      return Optional.of(Set.of());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
