package dev.whistler.testbed.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a test cluster could leave on this machine: mounts, network devices, control groups and
 * child processes, each as a line for people. Other users of the machine may add to it too.
 *
 * @param items everything there was at that moment
 */
public record MachineState(Set<String> items) {

  private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

  public MachineState {
    items = Set.copyOf(items);
  }

  /** That of this moment. */
  public static MachineState now() {
    Set<String> items = new TreeSet<>();
    try {
      Files.readAllLines(Path.of("/proc/self/mounts")).forEach(line -> items.add("mount " + line));
      addNames(items, "network device", Path.of("/sys/class/net"));
      // Version 1 has one directory below for each controller, version 2 may be at the top.
      addNames(items, "control group", CONTROL_GROUPS);
      try (Stream<Path> hierarchies = Files.list(CONTROL_GROUPS)) {
        for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
          addNames(items, "control group", hierarchy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("This machine's /proc and /sys cannot be read.", e);
    }
    ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .forEach(
            child ->
                items.add(
                    "process %d %s"
                        .formatted(child.pid(), child.info().command().orElse("(ended)"))));
    return new MachineState(items);
  }

  private static void addNames(Collection<String> items, String kind, Path directory)
      throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      entries.filter(Files::isDirectory).map(entry -> kind + " " + entry).forEach(items::add);
    }
  }

  /** What is there now and was not there {@code before}, in order. */
  public List<String> since(MachineState before) {
    return items.stream()
        .filter(item -> !before.items.contains(item))
        .sorted(Comparator.naturalOrder())
        .toList();
  }
}
