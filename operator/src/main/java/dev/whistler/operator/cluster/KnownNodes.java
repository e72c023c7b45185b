package dev.whistler.operator.cluster;

import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.operator.cache.SharedValues;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of which both the Kubernetes Node and an agent's report are known. Both come on threads
 * of their own, so what is known under one name changes as a whole: neither can be lost by the
 * other. Safe for use by several threads.
 */
final class KnownNodes {
  /**
   * @param report the node as its agent tells it, which knows neither its labels nor its liveness
   */
  private record Known(Optional<Map<String, String>> labels, Optional<ClusterNode> report) {
    static final Known NOTHING = new Known(Optional.empty(), Optional.empty());

    Optional<ClusterNode> node(Liveness liveness) {
      return labels.flatMap(given -> report.map(node -> node.with(given, liveness)));
    }
  }

  /**
   * What one piece of news made of a node.
   *
   * @param before the node before it, if it was one
   * @param after the node now, if it is one
   * @param isKnown whether anything is known under the name
   */
  record Step(
      String name, Optional<ClusterNode> before, Optional<ClusterNode> after, boolean isKnown) {
    Stream<ClusterNode> states() {
      return Stream.concat(before.stream(), after.stream());
    }

    /** What those are told who act on changes; empty if nothing of their concern has changed. */
    Optional<ClusterWatch.Change> change() {
      if (before.equals(after)) {
        return Optional.empty();
      }
      return Optional.of(
          before
              .filter(was -> after.filter(is -> onlyReportsDiffer(was, is)).isPresent())
              .<ClusterWatch.Change>map(
                  was -> new ClusterWatch.Change.Reports(changedPrograms(was, after.orElseThrow())))
              .orElseGet(
                  () ->
                      new ClusterWatch.Change.Nodes(
                          states().map(ClusterNode::labels).collect(Collectors.toSet()))));
    }

    private static boolean onlyReportsDiffer(ClusterNode was, ClusterNode is) {
      return was.withPrograms(List.of()).equals(is.withPrograms(List.of()));
    }

    private static Set<String> changedPrograms(ClusterNode was, ClusterNode is) {
      return Stream.concat(was.programs().keySet().stream(), is.programs().keySet().stream())
          .filter(uid -> !Objects.equals(was.programs().get(uid), is.programs().get(uid)))
          .collect(Collectors.toSet());
    }
  }

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** Ordered, since whoever reads them wants them so and there are far more readings than nodes. */
  private final Map<String, ClusterNode> nodes = new ConcurrentSkipListMap<>();

  /** On thousands of nodes an agent says the same of a program. */
  private final SharedValues<NodeProgram> reports = new SharedValues<>();

  /** And there are far more nodes than kernels. */
  private final SharedValues<Kernel> kernels = new SharedValues<>();

  private final Function<String, Liveness> liveness;

  /**
   * No node is known.
   *
   * @param liveness whether the agent of a node of that name lives, asked at each piece of news
   */
  KnownNodes(Function<String, Liveness> liveness) {
    this.liveness = liveness;
  }

  /** All nodes by name, as they are while this is read. */
  Collection<ClusterNode> all() {
    return nodes.values();
  }

  /** Whether there is a Kubernetes Node of that name. */
  boolean hasNode(String name) {
    return Optional.ofNullable(known.get(name)).flatMap(Known::labels).isPresent();
  }

  /** Names of reports for which there is no Kubernetes Node. */
  Set<String> reportsWithoutNode() {
    return known.entrySet().stream()
        .filter(it -> it.getValue().labels().isEmpty() && it.getValue().report().isPresent())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The labels of the Kubernetes Node; empty when it is gone. */
  Step labels(String name, Optional<Map<String, String>> labels) {
    return change(name, before -> new Known(labels, before.report));
  }

  /** The agent's report; empty when it is gone. */
  Step report(String name, Optional<WhistlerNode> report) {
    Optional<ClusterNode> told = report.map(this::reduced);
    return change(name, before -> new Known(before.labels, told));
  }

  private ClusterNode reduced(WhistlerNode node) {
    ClusterNode told = ClusterNode.of(node, Map.of(), Liveness.UNHEARD);
    return told.withKernel(told.kernel().map(kernels::shared))
        .withPrograms(
            told.programs().values().stream()
                .map(KnownNodes::timeless)
                .map(reports::shared)
                .toList());
  }

  /** When a program was attached decides nothing, and makes each report another one. */
  private static NodeProgram timeless(NodeProgram program) {
    @Nullable Running running = program.running();
    return running == null
        ? program
        : new NodeProgram(
            program.name(),
            program.uid(),
            new Running(
                running.revision(), running.artifact(), null, running.reason(), running.message()),
            program.target());
  }

  /** Whether its agent lives may have changed; empty if it has not, or there is no such node. */
  Optional<Step> lookAgain(String name) {
    return Optional.ofNullable(nodes.get(name))
        .filter(node -> node.liveness() != liveness.apply(name))
        .map(node -> change(name, UnaryOperator.identity()));
  }

  private Step change(String name, UnaryOperator<Known> change) {
    List<Step> step = new ArrayList<>(1);
    known.compute(
        name,
        (key, found) -> {
          Known now = change.apply(found == null ? Known.NOTHING : found);
          Optional<ClusterNode> before = Optional.ofNullable(nodes.get(name));
          Optional<ClusterNode> after = now.node(liveness.apply(name));
          after.ifPresentOrElse(node -> nodes.put(name, node), () -> nodes.remove(name));
          boolean isKnown = !now.equals(Known.NOTHING);
          step.add(new Step(name, before, after, isKnown));
          return isKnown ? now : null;
        });
    return step.getFirst();
  }
}
