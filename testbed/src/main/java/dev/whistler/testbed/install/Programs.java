package dev.whistler.testbed.install;

import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a user does with {@code kubectl}: apply, wait, look, delete. */
public record Programs(KubernetesClient client) {

  /** Applies a program whose records go to a file sink of the program's name. */
  public void apply(String name, String source, @Nullable Selector nodes) {
    WhistlerProgram program = new WhistlerProgram();
    program.setMetadata(new ObjectMetaBuilder().withName(name).build());
    program.setSpec(
        new WhistlerProgramSpec(
            source,
            null,
            null,
            Map.of(),
            nodes,
            null,
            null,
            List.of(),
            List.of(),
            List.of(ProgramSink.toFile(name)),
            List.of(),
            List.of(),
            null,
            null,
            null,
            null,
            null));
    var _ = client.resource(program).forceConflicts().serverSideApply();
  }

  public Optional<WhistlerProgram> get(String name) {
    return Optional.ofNullable(client.resources(WhistlerProgram.class).withName(name).get());
  }

  /**
   * Waits for a status that speaks of the newest spec and is as wanted.
   *
   * @throws Waiting.TimeoutException when it does not become so
   */
  public WhistlerProgramStatus await(
      String name, Duration limit, Predicate<WhistlerProgramStatus> wanted) {
    return Waiting.get(
        "the wanted status of " + name,
        limit,
        () ->
            getNow(name)
                .filter(Programs::isCurrent)
                .map(WhistlerProgram::getStatus)
                .filter(wanted));
  }

  private Optional<WhistlerProgram> getNow(String name) {
    try {
      return get(name);
    } catch (KubernetesClientException notNow) {
      return Optional.empty();
    }
  }

  private static boolean isCurrent(WhistlerProgram program) {
    return program.getStatus() != null
        && program.getStatus().observedGeneration() == program.getMetadata().getGeneration();
  }

  /** Holds for a status with that condition. */
  public static Predicate<WhistlerProgramStatus> condition(
      String type, ResourceCondition.Status status) {
    return program ->
        program.conditions().stream().anyMatch(c -> c.type().equals(type) && c.status() == status);
  }

  /** Holds when the newest spec runs on all selected nodes. */
  public static Predicate<WhistlerProgramStatus> ready() {
    return condition("Ready", ResourceCondition.Status.TRUE);
  }

  /** Deletes a program and waits until it is gone, finalizer included. */
  public void delete(String name, Duration limit) {
    var _ = client.resources(WhistlerProgram.class).withName(name).delete();
    Waiting.until(name + " deleted", limit, () -> get(name).isEmpty());
  }
}
