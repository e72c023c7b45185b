package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What somebody deletes or asks too much of: it is there again, or the status says what is wrong.
 */
@ExtendWith(SystemExtension.class)
final class HealingIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** 128 MiB, twice of what a program may take of a node. */
  private static final String TOO_LARGE =
      """
      (defmap big :type :array :key-size 4 :value-size 8 :max-entries 16777216)
      (defprog note (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (incf (getmap big 0))
        0)
      """;

  /** A ring of one page, which {@code Forks} alone overruns by a record of a kilobyte. */
  private static final String LOSING =
      """
      (defstruct note (pid u32) (text (array u8 2000)))
      (defmap events :type :ringbuf :max-entries 4096)
      (defprog note (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
        (dotimes (i 4)
          (with-ringbuf (e events (sizeof note))
            (setf (note-pid e) i)))
        0)
      """;

  @Test
  void theListOfWantedProfilesIsThereAgain(WhistlerSystem system) {
    // While agents still upload, the list changes, and is written for that.
    await("nothing is wanted any more")
        .during(Duration.ofSeconds(2))
        .atMost(LIMIT)
        .until(() -> isEmpty(wanted(system).get()));
    isReplaced(wanted(system), wanted(system).require());
  }

  @Test
  void theArtifactOfWhatRunsIsThereAgain(WhistlerSystem system) {
    String program = "artifact-gone";
    system.apply(program, WhistlerSystem.example("forks.lisp"), null);
    try {
      system.awaitReady(program);
      String name =
          Objects.requireNonNull(system.onNode(program).orElseThrow().running()).artifact();
      Resource<WhistlerArtifact> artifact =
          system.client().resources(WhistlerArtifact.class).withName(name);
      isReplaced(artifact, artifact.require());
      assertThat(system.revisions(program)).as("nothing else changes").hasSize(1);
    } finally {
      system.delete(program);
    }
  }

  @Test
  void theNodeIsThereAgainWithItsOwner(WhistlerSystem system) {
    String program = "node-gone";
    system.apply(program, WhistlerSystem.example("forks.lisp"), null);
    try {
      system.awaitReady(program);
      Resource<WhistlerNode> node =
          system.client().resources(WhistlerNode.class).withName(WhistlerSystem.NODE);
      isReplaced(node, node.require());
      Waiting.until(
          "the node says again what runs, and whose it is",
          LIMIT,
          () -> {
            WhistlerNode now = node.get();
            return now != null
                && now.getStatus() != null
                && !now.getMetadata().getOwnerReferences().isEmpty()
                && now.getStatus().programs().stream()
                    .anyMatch(it -> it.name().equals(program) && it.running() != null);
          });
      system.awaitReady(program);
    } finally {
      system.delete(program);
    }
  }

  @Test
  void theLeaseIsThereAgain(WhistlerSystem system) {
    var lease =
        system.client().leases().inNamespace(Installation.NAMESPACE).withName(WhistlerSystem.NODE);
    isReplaced(lease, lease.require());
  }

  @Test
  void mapsThatAreTooLargeAreRefusedWithTheirSize(WhistlerSystem system) {
    String program = "too-large";
    system.apply(program, TOO_LARGE, null);
    try {
      WhistlerProgramStatus status =
          system.await(
              program,
              "refused for its maps",
              is("Attached", ResourceCondition.Status.FALSE, NodeReason.TOO_MUCH_MEMORY));
      assertThat(status.failures())
          .singleElement()
          .satisfies(it -> assertThat(it.message()).contains("64"));
      assertThat(system.onNode(program).orElseThrow().running()).isNull();
    } finally {
      system.delete(program);
    }
  }

  @Test
  void recordsThatAreLostAreSaid(WhistlerSystem system) {
    String program = "losing";
    system.apply(program, LOSING, null);
    try {
      system.awaitReady(program);
      Forks.cause(100);
      WhistlerProgramStatus status =
          system.await(
              program,
              "said to lose records",
              is("Delivering", ResourceCondition.Status.FALSE, NodeReason.RECORDS_LOST));
      assertThat(status.currentRevision()).isOne();
    } finally {
      system.delete(program);
    }
  }

  @Test
  void whatNobodyNeedsAnyMoreGoes(WhistlerSystem system) {
    String gone = "node-of-yesterday";
    var leases = system.client().leases().inNamespace(Installation.NAMESPACE);
    Lease left =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(gone)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(gone)
            .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
            .endSpec()
            .build();
    var _ = leases.resource(left).create();
    WhistlerNode ghost = new WhistlerNode();
    ghost.setMetadata(new ObjectMetaBuilder().withName(gone).build());
    Resource<WhistlerNode> report = system.client().resource(ghost);
    var _ = report.create();
    String program = "edited";
    try {
      for (int edit = 0; edit < 8; edit++) {
        system.apply(program, WhistlerSystem.example("forks.lisp") + ";" + edit, null);
        system.awaitReady(program);
      }
      Waiting.until(
          "no more than five revisions and their artifacts",
          LIMIT,
          () -> {
            Set<String> bound =
                system.revisions(program).stream()
                    .flatMap(it -> it.getStatus().bindings().values().stream())
                    .map(Binding::artifact)
                    .collect(Collectors.toSet());
            return bound.size() == 5
                && system.revisions(program).size() == 5
                && artifacts(system, program).equals(bound);
          });
      assertNewsAreTogether(system, program);
      Waiting.until(
          "Lease and WhistlerNode of a node that is gone",
          LIMIT,
          () -> leases.withName(gone).get() == null && report.get() == null);
    } finally {
      report.delete();
      leases.withName(gone).delete();
      system.delete(program);
    }
    assertThat(artifacts(system, program)).isEmpty();
  }

  /** What happens with each edit is one event, counted up a minute later, not one event each. */
  private static void assertNewsAreTogether(WhistlerSystem system, String program) {
    String uid = system.programs().get(program).orElseThrow().getMetadata().getUid();
    List<Event> events =
        system.client().v1().events().inNamespace("default").list().getItems().stream()
            .filter(it -> uid.equals(it.getInvolvedObject().getUid()))
            .toList();
    assertThat(events).isNotEmpty().extracting(Event::getReason).doesNotHaveDuplicates();
  }

  private static Set<String> artifacts(WhistlerSystem system, String program) {
    return system.artifacts(program).stream()
        .map(it -> it.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  private static boolean isEmpty(@Nullable KernelProfileRequest request) {
    return request != null && request.getSpec().profiles().isEmpty();
  }

  private static Resource<KernelProfileRequest> wanted(WhistlerSystem system) {
    return system
        .client()
        .resources(KernelProfileRequest.class)
        .withName(KernelProfileRequest.NAME);
  }

  /** Deletes an object and waits for another one of its name. */
  private static <T extends HasMetadata> void isReplaced(Resource<T> object, T before) {
    String uid = before.getMetadata().getUid();
    List<?> deleted = object.delete();
    assertThat(deleted).isNotEmpty();
    Waiting.until(
        before.getKind() + " " + before.getMetadata().getName() + " is there again",
        LIMIT,
        () -> {
          T now = object.get();
          return now != null && !now.getMetadata().getUid().equals(uid);
        });
  }

  private static Predicate<WhistlerProgramStatus> is(
      String type, ResourceCondition.Status status, String reason) {
    return it ->
        it.conditions().stream()
            .anyMatch(
                condition ->
                    condition.type().equals(type)
                        && condition.status() == status
                        && condition.reason().equals(reason));
  }
}
