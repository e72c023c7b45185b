package dev.whistler.testbed.install;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernel's view of the one Java process in a pod on this machine.
 *
 * @param pid its pid on this machine
 * @param status fields of proc(5)'s {@code status}, without their colons
 * @param rootOptions mount options of the root of its file system
 */
public record PodProcess(long pid, Map<String, String> status, List<String> rootOptions) {

  private static final int MOUNT_POINT = 4;
  private static final int MOUNT_OPTIONS = 5;

  public PodProcess {
    status = Map.copyOf(status);
    rootOptions = List.copyOf(rootOptions);
  }

  /** Finds it by the pod's control group; empty while nothing runs. */
  public static Optional<PodProcess> of(Pod pod) {
    String uid = pod.getMetadata().getUid();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      List<Path> numbered =
          processes
              .filter(p -> p.getFileName().toString().chars().allMatch(Character::isDigit))
              .toList();
      for (Path process : numbered) {
        Optional<PodProcess> found = read(process, uid);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read /proc.", e);
    }
  }

  private static Optional<PodProcess> read(Path process, String uid) {
    try {
      // systemd's driver writes the uid with underscores.
      String groups = Files.readString(process.resolve("cgroup")).replace('_', '-');
      if (!groups.contains("pod" + uid)
          || !Files.readString(process.resolve("comm")).strip().equals("java")) {
        return Optional.empty();
      }
      Map<String, String> status =
          Files.readAllLines(process.resolve("status")).stream()
              .map(line -> line.split(":", 2))
              .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1].strip()));
      List<String> options =
          Files.readAllLines(process.resolve("mountinfo")).stream()
              .map(line -> line.split(" "))
              .filter(fields -> fields[MOUNT_POINT].equals("/"))
              .map(fields -> List.of(fields[MOUNT_OPTIONS].split(",")))
              .findFirst()
              .orElse(List.of());
      return Optional.of(
          new PodProcess(Long.parseLong(process.getFileName().toString()), status, options));
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /** The capabilities that it has at this moment, as a set of bits (capability.h). */
  public long effectiveCapabilities() {
    return Long.parseUnsignedLong(status.getOrDefault("CapEff", "0"), 16);
  }

  /** Resident memory in KiB. */
  public long residentKibibytes() {
    return Long.parseLong(status.getOrDefault("VmRSS", "0 kB").split(" ")[0]);
  }
}
