package dev.whistler.e2e.system;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.testbed.install.AgentProcess;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.ProcessOptions;
import dev.whistler.testbed.process.Command;
import dev.whistler.testbed.process.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An agent beside that of the system, for a node of its own; both go with it. */
record ExtraAgent(WhistlerSystem system, AgentProcess agent) implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * Starts one, and waits for nothing.
   *
   * @param node its node, whose label {@code zone} is the same
   */
  static ExtraAgent start(WhistlerSystem system, String node, ProcessOptions options) {
    return new ExtraAgent(
        system, system.installation().startAgent(node, Map.of("zone", node), options));
  }

  /** The file sink that has its program's name. */
  Path file(String program) {
    return agent.sinkFile(program);
  }

  /** Waits until the node's condition {@code Ready} is as wanted, and says why it is so. */
  ResourceCondition awaitNode(ResourceCondition.Status status, String reason) {
    try {
      return Waiting.get(
          "node " + agent.node() + " says " + reason,
          LIMIT,
          () -> ready().filter(it -> it.status() == status && it.reason().equals(reason)));
    } catch (Waiting.TimeoutException e) {
      throw new AssertionError(
          "%s It says: %s%nThe agent:%n%s"
              .formatted(e.getMessage(), ready(), agent.process().process().logTail(30)),
          e);
    }
  }

  private Optional<ResourceCondition> ready() {
    return Optional.ofNullable(
            system.client().resources(WhistlerNode.class).withName(agent.node()).get())
        .flatMap(node -> Optional.ofNullable(node.getStatus()))
        .flatMap(
            status ->
                status.conditions().stream().filter(it -> it.type().equals("Ready")).findFirst());
  }

  ExtraAgent awaitReady() {
    var _ = agent.process().awaitReady();
    return this;
  }

  /** Ends it as a crash does, and starts it again. */
  void restart() {
    try {
      agent.process().kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    agent.process().restart();
  }

  /** Sends a signal, such as {@code STOP}. */
  void signal(String name) {
    var _ =
        Command.run(
            LIMIT, List.of("kill", "-" + name, Long.toString(agent.process().process().pid())));
  }

  @Override
  public void close() {
    agent.process().close();
    system.client().nodes().withName(agent.node()).delete();
    system.client().resources(WhistlerNode.class).withName(agent.node()).delete();
    system.client().leases().inNamespace(Installation.NAMESPACE).withName(agent.node()).delete();
  }
}
