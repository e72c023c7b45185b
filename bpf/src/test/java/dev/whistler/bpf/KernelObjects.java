package dev.whistler.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What this process holds in the kernel. Other processes of the machine make and drop objects too,
 * so only the objects behind this process's own descriptors are counted.
 */
public record KernelObjects(long descriptors, long programs, long maps, long links, long btfs) {

  /** As it is now. */
  public static KernelObjects now() {
    long all = 0;
    long programs = 0;
    long maps = 0;
    long links = 0;
    long btfs = 0;
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : files.toList()) {
        String target = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
        if (target.startsWith("anon_inode:")) {
          all++;
          programs += target.contains("bpf-prog") ? 1 : 0;
          maps += target.contains("bpf-map") ? 1 : 0;
          links += target.contains("bpf_link") || target.contains("bpf-link") ? 1 : 0;
          btfs += target.contains("btf") ? 1 : 0;
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return new KernelObjects(all, programs, maps, links, btfs);
  }

  /** Fails if this process holds more or less than before. */
  public void assertUnchanged() {
    assertThat(now()).isEqualTo(this);
  }

  /** Fails if an object lives on; the kernel frees some of them a little later. */
  public static void assertGone(List<Integer> programs, List<Integer> maps, List<Integer> links) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(BpfProgram.ids()).noneMatch(programs::contains);
              assertThat(BpfMap.ids()).noneMatch(maps::contains);
              assertThat(BpfLink.ids()).noneMatch(links::contains);
            });
  }
}
