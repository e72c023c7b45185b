package dev.whistler.testbed.install;

import dev.whistler.testbed.cluster.ClusterException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The chart in a cluster with nodes, by the commands that an administrator uses.
 *
 * @param helm the Helm that is run
 * @param kubeconfig file with administrator rights
 * @param namespace where operator and agents run; made by {@link #install}
 * @param name name of the release
 */
public record HelmRelease(Helm helm, Path kubeconfig, String namespace, String name) {

  /** How long Helm waits for pods to be Ready or to be gone. */
  private static final Duration WAIT_LIMIT = Duration.ofMinutes(5);

  // Helm's own limit comes first, so that its message is what is read.
  private static final Duration RUN_LIMIT = WAIT_LIMIT.plusSeconds(60);

  /**
   * {@code helm install --wait}. Helm takes a DaemonSet for ready when as many pods are as must be
   * during an upgrade, so agents may still be starting.
   *
   * @param settings such as {@code agent.drain=5s}
   * @throws ClusterException when Helm fails; the message is Helm's
   */
  public void install(List<String> settings) {
    var _ =
        run("install", List.of(helm.chart().toString(), "--create-namespace", "--wait"), settings);
  }

  /** {@code helm upgrade --wait}, with the same reservation. */
  public void upgrade(List<String> settings) {
    var _ = run("upgrade", List.of(helm.chart().toString(), "--wait"), settings);
  }

  /** {@code helm test}: returns when the chart's own check has found everything at work. */
  public void test() {
    var _ = run("test", List.of(), List.of());
  }

  /**
   * {@code helm uninstall --wait}: returns when every object of the release is gone.
   *
   * @return what Helm printed, with the log of the chart's removal of programs
   */
  public String uninstall() {
    return run("uninstall", List.of("--wait"), List.of());
  }

  private String run(String verb, List<String> options, List<String> settings) {
    List<String> arguments = new ArrayList<>(List.of(verb, name));
    arguments.addAll(options);
    arguments.addAll(
        List.of(
            "--namespace",
            namespace,
            "--kubeconfig",
            kubeconfig.toString(),
            "--timeout",
            WAIT_LIMIT.toSeconds() + "s"));
    settings.stream().flatMap(setting -> Stream.of("--set", setting)).forEach(arguments::add);
    Helm.Result result = helm.run(RUN_LIMIT, arguments);
    if (result.exitCode() != 0) {
      throw new ClusterException("helm " + verb + " failed: " + result.errors().strip());
    }
    // Logs of hooks go to the standard error.
    return result.output() + result.errors();
  }
}
