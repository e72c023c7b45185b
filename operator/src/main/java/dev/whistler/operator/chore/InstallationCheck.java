package dev.whistler.operator.chore;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.WhistlerNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether an installation works; reads and changes nothing. */
final class InstallationCheck {
  private static final ListOptions ONE = new ListOptionsBuilder().withLimit(1L).build();

  private final KubernetesClient client;
  private final String namespace;
  private final PrintStream out;

  InstallationCheck(KubernetesClient client, String namespace, PrintStream out) {
    this.client = client;
    this.namespace = namespace;
    this.out = out;
  }

  /** Prints a line for each thing that is looked at; true when all hold before the deadline. */
  boolean run(Deadline deadline) {
    Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();
    for (Class<? extends HasMetadata> kind : Kinds.ALL) {
      checks.put(Kinds.definition(kind) + " is served", () -> served(kind));
    }
    checks.put("the operator is ready", this::operator);
    checks.put("an agent is ready on each of its nodes", this::agents);
    checks.put("every node with an agent has reported", this::reports);
    boolean all = true;
    for (Map.Entry<String, Supplier<Optional<String>>> check : checks.entrySet()) {
      Supplier<Optional<String>> obstacle = answered(check.getValue());
      boolean holds = deadline.await(() -> obstacle.get().isEmpty());
      out.println(
          holds
              ? "ok    " + check.getKey()
              : "FAILS " + check.getKey() + ": " + obstacle.get().orElse("only after the limit"));
      all &= holds;
    }
    return all;
  }

  private static Supplier<Optional<String>> answered(Supplier<Optional<String>> check) {
    return () -> {
      try {
        return check.get();
      } catch (KubernetesClientException e) {
        return Optional.of(Objects.requireNonNullElse(e.getMessage(), "no answer"));
      }
    };
  }

  private Optional<String> served(Class<? extends HasMetadata> kind) {
    var _ = client.resources(kind).list(ONE);
    return Optional.empty();
  }

  private Optional<String> operator() {
    Deployment operator =
        client.apps().deployments().inNamespace(namespace).withName("whistler-operator").get();
    if (operator == null) {
      return Optional.of("there is no Deployment whistler-operator in " + namespace);
    }
    int ready = Objects.requireNonNullElse(operator.getStatus().getReadyReplicas(), 0);
    return ready > 0 ? Optional.empty() : Optional.of("its pod is not Ready");
  }

  private Optional<String> agents() {
    DaemonSet agents = agentSet();
    if (agents == null) {
      return Optional.of("there is no DaemonSet whistler-agent in " + namespace);
    }
    int ready = Objects.requireNonNullElse(agents.getStatus().getNumberReady(), 0);
    int wanted = Objects.requireNonNullElse(agents.getStatus().getDesiredNumberScheduled(), 0);
    return wanted > 0 && ready == wanted
        ? Optional.empty()
        : Optional.of(ready + " of " + wanted + " are Ready");
  }

  private @Nullable DaemonSet agentSet() {
    return client.apps().daemonSets().inNamespace(namespace).withName("whistler-agent").get();
  }

  private Optional<String> reports() {
    DaemonSet agents = agentSet();
    int wanted =
        agents == null
            ? 0
            : Objects.requireNonNullElse(agents.getStatus().getDesiredNumberScheduled(), 0);
    List<WhistlerNode> nodes = client.resources(WhistlerNode.class).list().getItems();
    long able = nodes.stream().filter(InstallationCheck::isAble).count();
    return able >= wanted
        ? Optional.empty()
        : Optional.of(
            "%d of %d nodes can run programs; kubectl describe whistlernodes says why"
                .formatted(able, wanted));
  }

  private static boolean isAble(WhistlerNode node) {
    return node.getStatus() != null
        && node.getStatus().kernelStated().isPresent()
        && node.getStatus().conditions().stream()
            .filter(condition -> condition.type().equals("Ready"))
            .allMatch(condition -> condition.status() == ResourceCondition.Status.TRUE);
  }
}
