package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Nothing stays behind, neither after many whole lives of programs nor after a failure at any
 * system call. {@code -Dwhistler.cycles=2000} for the long form.
 */
@Timeout(1800)
@Isolated("faults hit the whole process, and its descriptors are counted")
class LeakTest {
  private static final int CYCLES = Integer.getInteger("whistler.cycles", 200);
  private static final Identity IDENTITY = new Identity("node-1", "kills", "uid-leak", 1);

  @TempDir Path directory;

  private RunRequest request(byte[] object) {
    return RunRequest.of(object, IDENTITY)
        .withMaps(KillsObject.wanted(1))
        .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))));
  }

  /** Descriptors of this process by what they are of; those of the JVM's own files left out. */
  private static Map<String, Integer> descriptors() {
    Map<String, Integer> counts = new TreeMap<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : files.toList()) {
        String target = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
        if (target.startsWith("anon_inode:") || target.contains("out.json")) {
          counts.merge(target, 1, Integer::sum);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return counts;
  }

  /** What the machine holds that was not there before; others of the machine come and go. */
  private record Ids(Set<Integer> programs, Set<Integer> maps, Set<Integer> links) {
    static Ids now() {
      return new Ids(
          new HashSet<>(BpfProgram.ids()),
          new HashSet<>(BpfMap.ids()),
          new HashSet<>(BpfLink.ids()));
    }

    long oursSince() {
      long count = 0;
      for (int id : BpfMap.ids()) {
        if (!maps.contains(id)) {
          try (BpfMap map = BpfMap.open(id)) {
            count += map != null && Set.of("wanted", "whistler_slot").contains(map.name()) ? 1 : 0;
          }
        }
      }
      for (int id : BpfProgram.ids()) {
        if (!programs.contains(id)) {
          try (BpfProgram program = BpfProgram.open(id)) {
            count +=
                program != null && Set.of("on_kill", "whistler_entry").contains(program.name())
                    ? 1
                    : 0;
          }
        }
      }
      return count;
    }
  }

  @Test
  void manyLivesLeaveNothing() throws Exception {
    byte[] object = KillsObject.build(1 << 16);
    live(object);
    Map<String, Integer> before = settled();
    Ids ids = Ids.now();
    for (int i = 0; i < CYCLES; i++) {
      live(object);
    }
    await().untilAsserted(() -> assertThat(descriptors()).isEqualTo(before));
    await().untilAsserted(() -> assertThat(ids.oursSince()).isZero());
    System.out.println(CYCLES + " lives; descriptors of this process: " + descriptors());
  }

  /** Loads, attaches, replaces and ends a program. */
  private void live(byte[] object) throws StartException {
    RunningProgram first = Runtime.start(request(object));
    RunningProgram program;
    try {
      program = Runtime.update(first, request(object)).program();
    } catch (StartException | RuntimeException e) {
      first.close();
      throw e;
    }
    program.stop(Duration.ofSeconds(1));
    program.close();
  }

  @Test
  void eachSystemCallMayFailAndNothingIsLeft() throws Exception {
    byte[] object = KillsObject.build(1 << 16);
    Runtime.start(request(object)).close();
    Map<String, Integer> before = settled();
    int failures = 0;
    boolean reached = true;
    for (int target = 0; reached; target++) {
      AtomicInteger calls = new AtomicInteger();
      int wanted = target;
      String[] hit = {""};
      RunningProgram program = null;
      try (AutoCloseable _ =
          Faults.install(
              action -> {
                if (calls.getAndIncrement() == wanted) {
                  hit[0] = action;
                  return Errno.EIO.number();
                }
                return 0;
              })) {
        program = Runtime.start(request(object));
      } catch (StartException e) {
        assertThat(e.getMessage()).as(hit[0]).endsWith(".");
        failures++;
      } finally {
        if (program != null) {
          program.close();
        }
      }
      reached = calls.get() > wanted;
      String at = "failing call " + target + ": " + hit[0];
      await().untilAsserted(() -> assertThat(descriptors()).as(at).isEqualTo(before));
    }
    System.out.println(failures + " system calls of a start made to fail, nothing left");
    assertThat(failures).isGreaterThan(20);
  }

  /** The descriptors once the sink's writer has closed its file, which it does in its own time. */
  private static Map<String, Integer> settled() {
    await().until(() -> descriptors().keySet().stream().noneMatch(f -> f.contains("out.json")));
    return descriptors();
  }
}
