package dev.whistler.e2e.system;

import dev.whistler.crds.Group;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.AgentProcess;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One cluster with operator and one agent, for all tests of a run. */
final class WhistlerSystem implements AutoCloseable {

  /** The node whose agent runs on this machine. */
  static final String NODE = "node-a";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestCluster cluster;
  private final Installation installation;
  private final QuarkusProcess operator;
  private final AgentProcess agent;
  private final Teardown teardown;
  private final Programs programs;

  private WhistlerSystem(
      TestCluster cluster,
      Installation installation,
      QuarkusProcess operator,
      AgentProcess agent,
      Teardown teardown) {
    this.cluster = cluster;
    this.installation = installation;
    this.operator = operator;
    this.agent = agent;
    this.teardown = teardown;
    this.programs = new Programs(cluster.client());
  }

  static WhistlerSystem start() {
    Repository repository = Repository.find();
    Teardown teardown = new Teardown();
    try {
      TestCluster cluster = TestCluster.start(repository, Progress.timed(System.err));
      teardown.add("cluster", cluster::close);
      Installation installation = Installation.on(cluster, repository, Logs.directory("system"));
      teardown.add("installation", installation::close);
      QuarkusProcess operator = installation.startOperator();
      AgentProcess agent = installation.startAgent(NODE, Map.of("zone", "here"));
      operator.awaitReady();
      agent.process().awaitReady();
      return new WhistlerSystem(cluster, installation, operator, agent, teardown);
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  TestCluster cluster() {
    return cluster;
  }

  KubernetesClient client() {
    return cluster.client();
  }

  Installation installation() {
    return installation;
  }

  QuarkusProcess operator() {
    return operator;
  }

  AgentProcess agent() {
    return agent;
  }

  /** What a user does with {@code kubectl}, with bounds of one's own. */
  Programs programs() {
    return programs;
  }

  /** A program of {@code examples}. */
  static String example(String file) {
    try {
      return Files.readString(Repository.find().example(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Applies a program as {@code kubectl apply} does; the file sink has the program's name. */
  void apply(String name, String source, @Nullable Selector nodes) {
    programs.apply(name, source, nodes);
  }

  /** Waits for a status that speaks of the newest spec and is as wanted; else shows everything. */
  WhistlerProgramStatus await(
      String program, String what, Predicate<WhistlerProgramStatus> wanted) {
    try {
      return programs.await(program, LIMIT, wanted);
    } catch (Waiting.TimeoutException e) {
      throw new AssertionError(
          "%s is not: %s. Its status: %s%n%nOperator:%n%s%n%nAgent:%n%s"
              .formatted(
                  program,
                  what,
                  programs.get(program).map(WhistlerProgram::getStatus).orElse(null),
                  operator.process().logTail(30),
                  agent.process().process().logTail(30)),
          e);
    }
  }

  /** Waits until the newest spec runs on all selected nodes. */
  WhistlerProgramStatus awaitReady(String program) {
    return await(program, "Ready", Programs.ready());
  }

  List<WhistlerRevision> revisions(String program) {
    return client().resources(WhistlerRevision.class).list().getItems().stream()
        .filter(revision -> revision.getSpec().program().name().equals(program))
        .sorted(Comparator.comparingLong(revision -> revision.getSpec().revision()))
        .toList();
  }

  /** What the operator built of a program, of all revisions. */
  List<WhistlerArtifact> artifacts(String program) {
    return client()
        .resources(WhistlerArtifact.class)
        .withLabel(Group.PROGRAM_LABEL, program)
        .list()
        .getItems();
  }

  /** What the agent says of a program. */
  Optional<NodeProgram> onNode(String program) {
    return onNode(NODE, program);
  }

  /** What the agent of a node says of a program. */
  Optional<NodeProgram> onNode(String node, String program) {
    return client()
        .resources(WhistlerNode.class)
        .withName(node)
        .require()
        .getStatus()
        .programs()
        .stream()
        .filter(it -> it.name().equals(program))
        .findFirst();
  }

  /** Deletes a program and waits until it is gone, finalizer included. */
  void delete(String name) {
    programs.delete(name, LIMIT);
  }

  @Override
  public void close() {
    teardown.close();
  }
}
