package dev.whistler.cli;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program, map or link by its id, which no other gets in this boot.
 *
 * @param kind {@code prog_id}, {@code map_id} or {@code link_id}
 */
record HeldObject(String kind, int id) {
  static final String LINK = "link_id";

  /** As in a file of /proc/PID/fdinfo. */
  private static final Pattern OBJECT = Pattern.compile("(prog_id|map_id|link_id):\\s+(\\d+)");

  /** What a process holds of the kernel's BPF objects. */
  static Set<HeldObject> of(Process process) throws IOException {
    Set<HeldObject> held = new HashSet<>();
    Path descriptors = Path.of("/proc/" + process.pid() + "/fdinfo");
    try (Stream<Path> files = Files.list(descriptors)) {
      for (Path file : files.toList()) {
        try {
          for (String line : Files.readAllLines(file)) {
            Matcher object = OBJECT.matcher(line);
            if (object.matches()) {
              held.add(new HeldObject(object.group(1), Integer.parseInt(object.group(2))));
            }
          }
        } catch (IOException e) {
          // Closed meanwhile, before it was opened here or before it was read.
        }
      }
    } catch (NoSuchFileException e) {
      return Set.of();
    }
    return held;
  }

  boolean isThere() {
    return switch (kind) {
      case "prog_id" -> isOpened(BpfProgram.open(id));
      case "map_id" -> isOpened(BpfMap.open(id));
      default -> isOpened(BpfLink.open(id));
    };
  }

  private static boolean isOpened(@Nullable AutoCloseable opened) {
    try (opened) {
      return opened != null;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
