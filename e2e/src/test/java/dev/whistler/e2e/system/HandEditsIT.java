package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.crds.Group;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody with all rights edits or deletes what operator and agents wrote: it is as it was, or the
 * API server refuses. {@code HealingIT}, {@code NodeTroubleIT}, {@code SourceFromIT}, {@code
 * OneInstallationIT} and {@code LeadershipIT} have the deletions and edits that are not here: of
 * the list of profiles, artifacts, WhistlerNodes and their Leases, forged artifacts, ConfigMaps
 * with sources, and the operator's Lease.
 */
@ExtendWith(SystemExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class HandEditsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PROGRAM = "edited-by-hand";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A name that a profile may have. */
  private static final String SOME_NAME = "0123456789012345678901234567890123456789";

  /** What somebody does to an object, and what becomes of it. */
  private sealed interface Act {
    String kind();

    /** Another object of the same name and spec is there again. */
    record Delete(String kind) implements Act {}

    /** What is at the pointers is there again. */
    record Edit(String kind, String patch, List<String> pointers) implements Act {}

    /** The same with the status. */
    record Say(String kind, String patch) implements Act {}

    /** The API server says why not. */
    record Refused(String kind, String patch, String why) implements Act {}
  }

  static Stream<Act> acts() {
    return Stream.of(
        new Act.Say("WhistlerNode", "{'status': {'programs': []}}"),
        new Act.Edit(
            "WhistlerNode",
            "{'metadata': {'ownerReferences': []}}",
            List.of("/metadata/ownerReferences")),
        new Act.Edit(
            "KernelProfileRequest",
            "{'spec': {'profiles': ['" + SOME_NAME + "']}}",
            List.of("/spec")),
        new Act.Refused(
            "WhistlerArtifact",
            "{'spec': {'sourceDigest': '" + "0".repeat(64) + "'}}",
            "an artifact never changes"),
        new Act.Refused(
            "WhistlerRevision",
            "{'spec': {'sourceDigest': '" + "0".repeat(64) + "'}}",
            "a revision never changes"),
        new Act.Say("WhistlerRevision", "{'status': {'phase': 'Superseded', 'bindings': null}}"),
        // Which the operator itself does not say now, and agents obey.
        new Act.Say("WhistlerRevision", "{'status': {'percent': 0, 'paused': true}}"),
        new Act.Delete("WhistlerRevision"),
        new Act.Edit(
            "WhistlerProgram", "{'metadata': {'finalizers': []}}", List.of("/metadata/finalizers")),
        new Act.Say(
            "WhistlerProgram",
            "{'status': {'currentRevision': 7, 'failures':"
                + " [{'node': 'none', 'reason': 'Invented', 'message': 'It is not so.'}]}}"),
        new Act.Say("WhistlerProgram", "{'status': {'conditions': null}}"),
        new Act.Refused(
            "KernelProfile", "{'spec': {'content': 'AAAA'}}", "a profile never changes"),
        new Act.Delete("KernelProfile"),
        new Act.Refused("KernelTypes", "{'spec': {'content': 'AAAA'}}", "a piece never changes"),
        new Act.Delete("KernelTypes"));
  }

  private WhistlerSystem system;

  @BeforeAll
  void runAProgram(WhistlerSystem running) {
    system = running;
    system.apply(PROGRAM, WhistlerSystem.example("forks.lisp"), Selector.label("zone", "here"));
    system.awaitReady(PROGRAM);
  }

  @AfterAll
  void deleteIt() {
    system.delete(PROGRAM);
  }

  @ParameterizedTest
  @MethodSource("acts")
  void isAsItWasOrIsRefused(Act act) {
    Resource<GenericKubernetesResource> object = object(act.kind());
    GenericKubernetesResource before = object.require();
    long begin = System.nanoTime();
    switch (act) {
      case Act.Delete delete -> {
        object.delete();
        Waiting.until(
            delete.kind() + " is there again",
            LIMIT,
            () -> {
              GenericKubernetesResource now = object.get();
              return now != null
                  && !now.getMetadata().getUid().equals(before.getMetadata().getUid())
                  && at(now, "/spec").equals(at(before, "/spec"));
            });
      }
      case Act.Edit(String kind, String patch, List<String> pointers) -> {
        assertTaken(before, object.patch(merge(), strict(patch)));
        Waiting.until(
            kind + " has again what " + patch + " took",
            LIMIT,
            () ->
                pointers.stream().allMatch(it -> at(object.require(), it).equals(at(before, it))));
      }
      case Act.Say(String kind, String patch) -> {
        assertTaken(before, object.subresource("status").patch(merge(), strict(patch)));
        Waiting.until(
            kind + " says again what " + patch + " took",
            LIMIT,
            () -> undated(object.require()).equals(undated(before)));
      }
      case Act.Refused(String kind, String patch, String why) -> {
        var refusal =
            catchThrowableOfType(
                KubernetesClientException.class, () -> object.patch(merge(), strict(patch)));
        assertThat(refusal).as(kind).hasMessageContaining(why);
      }
    }
    System.err.printf("%s: %d ms%n", act, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    system.await(PROGRAM, "Ready", Programs.ready());
    Waiting.until("the agent says what runs", LIMIT, () -> running().isPresent());
    assertThat(system.revisions(PROGRAM)).as("nothing new is rolled out").hasSize(1);
  }

  @Test
  void whoWroteWhichFieldOfANodeIsNotKept() {
    Waiting.until(
        "no managed fields",
        LIMIT,
        () -> object("WhistlerNode").require().getMetadata().getManagedFields().isEmpty());
  }

  private Optional<WhistlerNodeStatus.Running> running() {
    return system.onNode(PROGRAM).map(NodeProgram::running);
  }

  private static void assertTaken(
      GenericKubernetesResource before, GenericKubernetesResource patched) {
    assertThat(patched.getMetadata().getResourceVersion())
        .as("it is another one now")
        .isNotEqualTo(before.getMetadata().getResourceVersion());
  }

  private static PatchContext merge() {
    return PatchContext.of(PatchType.JSON_MERGE);
  }

  private static String strict(String patch) {
    return patch.replace('\'', '"');
  }

  private Resource<GenericKubernetesResource> object(String kind) {
    var all = system.client().genericKubernetesResources(Group.NAME + "/" + Group.VERSION, kind);
    return switch (kind) {
      case "WhistlerNode" -> all.withName(WhistlerSystem.NODE);
      case "KernelProfileRequest" -> all.withName(KernelProfileRequest.NAME);
      case "WhistlerProgram" -> all.withName(PROGRAM);
      case "WhistlerRevision" -> all.withName(PROGRAM + "-1");
      case "WhistlerArtifact" ->
          all.withName(
              Objects.requireNonNull(system.onNode(PROGRAM).orElseThrow().running()).artifact());
      case "KernelProfile" -> all.withName(kernel().profile());
      case "KernelTypes" ->
          all.withName(Objects.requireNonNull(kernel().pieces()).names().findFirst().orElseThrow());
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private WhistlerNodeStatus.Kernel kernel() {
    return Objects.requireNonNull(
        system
            .client()
            .resources(WhistlerNode.class)
            .withName(WhistlerSystem.NODE)
            .require()
            .getStatus()
            .kernel());
  }

  private static JsonNode at(GenericKubernetesResource object, String pointer) {
    return json(object).at(pointer);
  }

  /** The status without the times of conditions that were taken away. */
  private static String undated(GenericKubernetesResource object) {
    return at(object, "/status")
        .toString()
        .replaceAll("\"(lastTransitionTime|since)\":\"[^\"]*\"", "");
  }

  private static JsonNode json(GenericKubernetesResource object) {
    try {
      return JSON.readTree(JSON.writeValueAsString(object));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
