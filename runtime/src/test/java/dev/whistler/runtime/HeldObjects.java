package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The kernel objects behind this process's descriptors, by id. Other tests on the machine load
 * programs of the same names meanwhile; an id is one object's, and not given again soon.
 */
record HeldObjects(Set<Integer> programs, Set<Integer> maps, Set<Integer> links) {

  /** As it is now. */
  static HeldObjects now() {
    HeldObjects held = new HeldObjects(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    try (var files = Files.list(Path.of("/proc/self/fdinfo"))) {
      for (Path file : files.toList()) {
        held.add(lines(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return held;
  }

  /** What is said of a descriptor: nothing if it was closed meanwhile. */
  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException closed) {
      return List.of();
    } catch (IOException e) {
      // Closed after it was opened here: the read says ENOENT, for which there is no exception.
      if (String.valueOf(e.getMessage()).contains("No such file")) {
        return List.of();
      }
      throw e;
    }
  }

  private void add(List<String> info) {
    // A link's information names its program too, which somebody else may hold.
    boolean link = info.stream().anyMatch(line -> line.startsWith("link_id:"));
    for (String line : info) {
      String[] parts = line.split("\\s+", 2);
      switch (parts[0]) {
        case "link_id:" -> links.add(Integer.parseInt(parts[1].strip()));
        case "map_id:" -> maps.add(Integer.parseInt(parts[1].strip()));
        case "prog_id:" -> {
          if (!link) {
            programs.add(Integer.parseInt(parts[1].strip()));
          }
        }
        default -> {}
      }
    }
  }

  /** What is held here and was not before. */
  HeldObjects since(HeldObjects before) {
    return new HeldObjects(
        without(programs, before.programs),
        without(maps, before.maps),
        without(links, before.links));
  }

  private static Set<Integer> without(Set<Integer> all, Set<Integer> some) {
    Set<Integer> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  /** Fails if one of them lives on; the kernel frees some of them a little later. */
  void assertGone() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(BpfProgram.ids()).noneMatch(programs::contains);
              assertThat(BpfMap.ids()).noneMatch(maps::contains);
              assertThat(BpfLink.ids()).noneMatch(links::contains);
            });
  }
}
