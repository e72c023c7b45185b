package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A watch that was cut off and is told that it is too old (410): what happened meanwhile is found
 * by listing again, and missed by nobody.
 */
@ExtendWith(SystemExtension.class)
final class WatchExpiryIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NODE = "node-expiry";

  /** Of all resources together, so that nobody lists again and again. */
  private static final int LISTS_AT_MOST = 30;

  @Test
  void theOperatorMissesNothing(WhistlerSystem system) throws InterruptedException {
    system.operator().process().stop(LIMIT);
    try (ApiProxy proxy = ApiProxy.before(system.client().getConfiguration());
        QuarkusProcess operator =
            system.installation().startOperator("operator-expiry", proxy.settings())) {
      operator.awaitReady();
      Selector here = Selector.label("zone", "here");
      Selector moved = Selector.label("moved", "yes");
      apply(system, "expiry-edited", 1, here);
      apply(system, "expiry-deleted", 1, here);
      apply(system, "expiry-selecting", 1, moved);
      for (String program : List.of("expiry-edited", "expiry-deleted")) {
        system.awaitReady(program);
      }
      var _ = system.cluster().addNode(NODE, Map.of("moved", "yes"));
      var _ = report(system).create();
      system.await(
          "expiry-selecting",
          "waiting for a node that has no agent",
          status -> status.nodes() != null && status.nodes().summary().equals("0/1"));
      try {
        proxy.withhold();
        apply(system, "expiry-edited", 2, here);
        apply(system, "expiry-new", 1, here);
        system.client().resources(WhistlerProgram.class).withName("expiry-deleted").delete();
        label(system, "moved", Optional.of("yes"));
        system.client().nodes().withName(NODE).delete();
        // What was withheld is not told later, and whoever waits for it waits for ever.
        Thread.sleep(Duration.ofSeconds(1));
        int asked = proxy.answered().size();
        int watches = proxy.expire(version(system));

        system.await(
            "expiry-edited",
            "Ready with its second text",
            Programs.ready().and(status -> Long.valueOf(2).equals(status.currentRevision())));
        system.awaitReady("expiry-new");
        system.awaitReady("expiry-selecting");
        Waiting.until(
            "the deleted one is gone",
            LIMIT,
            () -> system.programs().get("expiry-deleted").isEmpty());
        System.err.printf("the operator's %d watches expired%n", watches);
        assertFewLists(proxy, asked);
      } finally {
        label(system, "moved", Optional.empty());
        system.client().nodes().withName(NODE).delete();
        report(system).delete();
        for (String program : List.of("expiry-edited", "expiry-new", "expiry-selecting")) {
          system.delete(program);
        }
      }
    } finally {
      system.operator().restart();
      system.operator().awaitReady();
    }
  }

  @Test
  void theAgentMissesNothing(WhistlerSystem system) throws InterruptedException {
    Selector there = Selector.label("zone", NODE);
    try (ApiProxy proxy = ApiProxy.before(system.client().getConfiguration());
        ExtraAgent agent =
            ExtraAgent.start(system, NODE, ProcessOptions.NONE.with(proxy.settings()))
                .awaitReady()) {
      apply(system, "expiry-edited", 1, there);
      apply(system, "expiry-deleted", 1, there);
      system.awaitReady("expiry-edited");
      system.awaitReady("expiry-deleted");
      try {
        proxy.withhold();
        apply(system, "expiry-edited", 2, there);
        apply(system, "expiry-new", 1, there);
        system.client().resources(WhistlerProgram.class).withName("expiry-deleted").delete();
        Waiting.until(
            "the operator has written all",
            LIMIT,
            () ->
                system.revisions("expiry-edited").size() == 2
                    && system.revisions("expiry-new").size() == 1
                    && system.revisions("expiry-deleted").isEmpty());
        Thread.sleep(Duration.ofSeconds(1));
        assertThat(running(system)).isEqualTo(Map.of("expiry-edited", 1L, "expiry-deleted", 1L));
        int asked = proxy.answered().size();
        int watches = proxy.expire(version(system));

        Waiting.until(
            "the agent runs what it shall",
            LIMIT,
            () -> running(system).equals(Map.of("expiry-edited", 2L, "expiry-new", 1L)));
        system.awaitReady("expiry-edited");
        system.awaitReady("expiry-new");
        System.err.printf("the agent's %d watches expired%n", watches);
        assertFewLists(proxy, asked);
      } finally {
        system.delete("expiry-edited");
        system.delete("expiry-new");
        system.delete("expiry-deleted");
      }
    }
  }

  private static Resource<WhistlerNode> report(WhistlerSystem system) {
    WhistlerNode node = new WhistlerNode();
    node.setMetadata(new ObjectMetaBuilder().withName(NODE).build());
    return system.client().resource(node);
  }

  private static void apply(WhistlerSystem system, String program, int edit, Selector nodes) {
    system.apply(program, WhistlerSystem.example("forks.lisp") + "; " + edit, nodes);
  }

  private static Map<String, Long> running(WhistlerSystem system) {
    return system
        .client()
        .resources(WhistlerNode.class)
        .withName(NODE)
        .require()
        .getStatus()
        .programs()
        .stream()
        .filter(it -> it.running() != null)
        .collect(
            Collectors.toMap(
                NodeProgram::name,
                it ->
                    Optional.ofNullable(it.running())
                        .map(WhistlerNodeStatus.Running::revision)
                        .orElseThrow()));
  }

  private static void label(WhistlerSystem system, String key, Optional<String> value) {
    var _ =
        system
            .client()
            .nodes()
            .withName(WhistlerSystem.NODE)
            .edit(
                node -> {
                  NodeBuilder edited =
                      new NodeBuilder(node).editMetadata().removeFromLabels(key).endMetadata();
                  value.ifPresent(it -> edited.editMetadata().addToLabels(key, it).endMetadata());
                  return edited.build();
                });
  }

  /** The newest version of all that is stored. */
  private static long version(WhistlerSystem system) {
    return Long.parseLong(
        system
            .client()
            .configMaps()
            .inNamespace(Installation.NAMESPACE)
            .list()
            .getMetadata()
            .getResourceVersion());
  }

  private static void assertFewLists(ApiProxy proxy, int asked) {
    Map<String, Long> lists =
        proxy.answered().stream()
            .skip(asked)
            .map(ApiProxy.Answered::call)
            .filter(call -> !call.isWrite())
            .collect(
                Collectors.groupingBy(ApiProxy.Call::kind, TreeMap::new, Collectors.counting()));
    System.err.printf("reads since then: %s%n", lists);
    assertThat(lists.values().stream().mapToLong(Long::longValue).sum())
        .isPositive()
        .isLessThanOrEqualTo(LISTS_AT_MOST);
  }
}
