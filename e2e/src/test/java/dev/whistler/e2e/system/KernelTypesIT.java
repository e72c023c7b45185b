package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.KernelTypesSpec;
import dev.whistler.crds.TypesPieces;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Kernel structures and arguments by name, from what the node's agent told of its kernel. */
@ExtendWith(SystemExtension.class)
final class KernelTypesIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String CHILDREN =
      """
      (import-kernel-struct task-struct tgid)
      (defstruct birth (parent u32 :as pid) (child u32 :as pid))
      (defmap births :type :ringbuf :max-entries (* 64 1024))
      (defprog note (:type :tp-btf :section "tp_btf/sched_process_fork")
        (with-ringbuf (e births (sizeof birth))
          (setf (birth-parent e) (task-struct-tgid (arg parent))
                (birth-child e) (task-struct-tgid (arg child))))
        0)
      """;

  @BeforeAll
  static void assumeTypes() {
    assumeTrue(KernelBtf.isPresent(), "the types of this kernel cannot be read");
    Probe tracing = Features.programType(ProgramType.TRACING);
    assumeTrue(tracing.support() == Probe.Support.YES, tracing.reason());
  }

  @Test
  void aProgramThatReadsThemRuns(WhistlerSystem system) {
    String program = "children";
    system.apply(program, CHILDREN, null);
    try {
      system.awaitReady(program);
      Forks forks = Forks.cause(1);
      Waiting.until(
          "the record with the parent that a kernel structure names",
          LIMIT,
          () ->
              Records.in(system.agent().sinkFile(program)).stream()
                  .anyMatch(record -> record.at("/data/parent").asLong() == forks.parent()));
    } finally {
      system.delete(program);
    }
  }

  @Test
  void theyAreInPiecesAsTheNodeStatesThem(WhistlerSystem system) {
    TypesPieces pieces = pieces(system);
    awaitAll(system, pieces);
    assertThat(system.client().resources(KernelTypes.class).list().getItems())
        .extracting(piece -> piece.getMetadata().getName())
        .containsAll(pieces.names().toList());
  }

  @Test
  void aPieceThatSomebodyDeletesIsUploadedAgain(WhistlerSystem system) {
    TypesPieces pieces = pieces(system);
    awaitAll(system, pieces);
    String name = pieces.functions().getLast();
    HasMetadata before = system.client().resources(KernelTypes.class).withName(name).require();

    system.client().resources(KernelTypes.class).withName(name).delete();

    Waiting.until(
        "the piece again",
        LIMIT,
        () -> {
          KernelTypes now = system.client().resources(KernelTypes.class).withName(name).get();
          return now != null && !now.getMetadata().getUid().equals(before.getMetadata().getUid());
        });
  }

  @Test
  void whatIsNotWhatItsNameSaysIsDeleted(WhistlerSystem system) {
    TypesPieces pieces = pieces(system);
    awaitAll(system, pieces);
    KernelTypesSpec right =
        system
            .client()
            .resources(KernelTypes.class)
            .withName(pieces.types().getFirst())
            .require()
            .getSpec();
    String digest = "f".repeat(64);
    KernelTypes forged = new KernelTypes();
    forged.getMetadata().setName(digest.substring(0, 40));
    forged.setSpec(
        new KernelTypesSpec(right.part(), null, 0, 1, right.partDigest(), digest, right.content()));
    var _ = system.client().resource(forged).create();

    Waiting.until("it is deleted", LIMIT, () -> system.client().resource(forged).get() == null);
    assertThat(system.operator().process().logTail(200)).contains("KernelTypes ffff");
  }

  private static TypesPieces pieces(WhistlerSystem system) {
    WhistlerNode node =
        system.client().resources(WhistlerNode.class).withName(WhistlerSystem.NODE).require();
    return Objects.requireNonNull(
        node.getStatus().kernelStated().orElseThrow().pieces(), "the node states no types");
  }

  private static void awaitAll(WhistlerSystem system, TypesPieces pieces) {
    Waiting.until(
        "all pieces",
        LIMIT,
        () ->
            pieces
                .names()
                .allMatch(
                    name ->
                        system.client().resources(KernelTypes.class).withName(name).get() != null));
  }
}
