package dev.whistler.operator.reconcile;

import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.cluster.ClusterWatch;
import dev.whistler.operator.cluster.SourceWatch;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which programs are concerned by a change of what all share. What agents report is by far the most
 * frequent, so that it is looked up and does not cost a look at each program.
 */
final class ConcernedPrograms {
  private static final String UID = "uid";
  private static final String CONFIG_MAP = "configmap";

  private final IndexerResourceCache<WhistlerProgram> programs;

  /**
   * Of these programs.
   *
   * @param programs not filled yet: indexes are added
   */
  ConcernedPrograms(IndexerResourceCache<WhistlerProgram> programs) {
    this.programs = programs;
    programs.addIndexer(UID, program -> List.of(program.getMetadata().getUid()));
    programs.addIndexer(CONFIG_MAP, SourceWatch::configMaps);
  }

  /** The concerned ones that exist. */
  Stream<ResourceID> by(ClusterWatch.Change change) {
    Stream<WhistlerProgram> concerned =
        switch (change) {
          case ClusterWatch.Change.Kernels kernels -> programs.list();
          case ClusterWatch.Change.Nodes nodes ->
              programs.list().filter(program -> selectsAny(program, nodes));
          case ClusterWatch.Change.Reports reports ->
              reports.programUids().stream().flatMap(uid -> programs.byIndex(UID, uid).stream());
        };
    return concerned.map(ResourceID::fromResource);
  }

  /** Those that name a ConfigMap, whichever of its keys has changed. */
  Stream<ResourceID> byConfigMap(String name) {
    return programs.byIndex(CONFIG_MAP, name).stream().map(ResourceID::fromResource);
  }

  private static boolean selectsAny(WhistlerProgram program, ClusterWatch.Change.Nodes nodes) {
    Selector selector = Optional.ofNullable(program.getSpec().nodeSelector()).orElse(Selector.ALL);
    return nodes.labels().stream().anyMatch(selector::matches);
  }
}
