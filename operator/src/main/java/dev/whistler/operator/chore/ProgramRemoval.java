package dev.whistler.operator.chore;

import dev.whistler.crds.Group;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.installation.InstallationLease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Deletes all programs and waits until agents have taken them out of their kernels. When time is
 * up, programs whose operator does not answer are let go, so that nothing in the API is stuck after
 * the operator is gone, and what may still run on nodes is said.
 */
final class ProgramRemoval {
  private final KubernetesClient client;
  private final PrintStream out;

  ProgramRemoval(KubernetesClient client, PrintStream out) {
    this.client = client;
    this.out = out;
  }

  /**
   * Deletes, unless the cluster's programs are another installation's.
   *
   * @param installation namespace and release of this one
   */
  void run(String installation, Deadline deadline) {
    Optional<String> other =
        InstallationLease.installation(client).filter(holder -> !holder.equals(installation));
    if (other.isPresent()) {
      out.println(
          "the programs of this cluster are run by another installation, "
              + other.get()
              + " (namespace/release); they are left alone");
      return;
    }
    removeAll(deadline);
    InstallationLease.release(client, installation);
  }

  private void removeAll(Deadline deadline) {
    List<String> programs = programs();
    out.println(programs.isEmpty() ? "there are no programs" : "deleting " + names(programs));
    client.resources(WhistlerProgram.class).delete();
    if (!deadline.await(() -> programs().isEmpty())) {
      programs().forEach(this::letGo);
    }
    sayWhatRemains();
  }

  private List<String> programs() {
    return listed(
        () ->
            client.resources(WhistlerProgram.class).list().getItems().stream()
                .map(program -> program.getMetadata().getName())
                .sorted()
                .toList());
  }

  private void letGo(String name) {
    out.println("the operator did not finish the deletion of " + name + " in time; it is let go");
    try {
      var _ =
          client
              .resources(WhistlerProgram.class)
              .withName(name)
              .edit(
                  program -> {
                    program.removeFinalizer(Group.FINALIZER);
                    return program;
                  });
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private void sayWhatRemains() {
    List<String> remains =
        listed(
            () ->
                client.resources(WhistlerNode.class).list().getItems().stream()
                    .flatMap(node -> report(node).stream())
                    .sorted()
                    .toList());
    remains.forEach(out::println);
    out.println(
        remains.isEmpty()
            ? "no node runs a program any more"
            : "a node that boots again has none; on one that goes on without booting, remove them"
                + " there: rm -r /sys/fs/bpf/whistler");
  }

  private static Optional<String> report(WhistlerNode node) {
    return Optional.ofNullable(node.getStatus())
        .filter(status -> !status.programs().isEmpty())
        .map(
            status ->
                "node %s may still run %s"
                    .formatted(
                        node.getMetadata().getName(),
                        names(status.programs().stream().map(NodeProgram::name).toList())));
  }

  private static String names(List<String> programs) {
    return String.join(", ", programs);
  }

  /** Without definitions there are no objects either. */
  private static List<String> listed(Supplier<List<String>> list) {
    try {
      return list.get();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }
}
