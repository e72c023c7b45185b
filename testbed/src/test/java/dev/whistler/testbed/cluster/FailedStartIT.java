package dev.whistler.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.ClusterProvider.Availability;
import dev.whistler.testbed.cluster.KubernetesBuild.Server;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose last server fails takes the others, and all they made, with it. */
final class FailedStartIT {

  private static final Pattern SANDBOX = Pattern.compile("sandbox whistler-(\\w+) at");

  @TempDir Path directory;

  @Test
  void aKubeletThatFailsLeavesNothingBehind() throws Exception {
    Repository repository = Repository.find();
    ClusterProvider provider = new ModulesCluster(repository, ClusterSize.FULL);
    if (provider.availability() instanceof Availability.Unavailable(String reason)) {
      assumeTrue(false, reason);
    }
    KubernetesBuild build = new KubernetesBuild(repository, Server.ALL);
    build.build(Progress.timed(System.err));
    TemporaryDirectory state =
        new TemporaryDirectory(Files.createDirectory(directory.resolve("state")));
    List<String> said = new ArrayList<>();

    assertThatThrownBy(() -> FullCluster.start(withBrokenKubelet(build), state, said::add))
        .hasMessageContaining("kubelet ended with exit code 7")
        .hasMessageContaining("no kernel to my taste");

    assertThat(said).as("all but the node was there").contains("container runtime ready");
    Matcher sandbox = SANDBOX.matcher(String.join("\n", said));
    assertThat(sandbox.find()).isTrue();
    String id = sandbox.group(1);
    assertThat(processesIn("whistler-" + id)).isEmpty();
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      assertThat(hierarchies.map(h -> h.resolve("whistler-" + id)).filter(Files::exists)).isEmpty();
    }
    assertThat(Path.of("/sys/class/net/wh" + id)).doesNotExist();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(directory.toString());
    assertThat(state.path()).doesNotExist();
  }

  private KubernetesBuild withBrokenKubelet(KubernetesBuild build) throws IOException {
    Path binaries = Files.createDirectories(directory.resolve("build/bin"));
    for (Server server : Server.values()) {
      Path binary = build.binary(server);
      Path here = binaries.resolve(binary.getFileName());
      String script =
          server == Server.KUBELET
              ? "echo no kernel to my taste; exit 7"
              : "exec " + binary + " \"$@\"";
      Files.writeString(here, "#!/bin/sh\n" + script + "\n");
      assertThat(here.toFile().setExecutable(true)).isTrue();
    }
    return new KubernetesBuild(directory, directory.resolve("build"), Server.ALL);
  }

  private static List<String> processesIn(String group) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.filter(p -> Files.exists(p.resolve("cgroup"))).toList()) {
        try {
          if (Files.readString(process.resolve("cgroup")).contains(group)) {
            found.add(Files.readString(process.resolve("comm")).strip());
          }
        } catch (IOException ended) {
          // It is none that is left.
        }
      }
    }
    return found;
  }
}
