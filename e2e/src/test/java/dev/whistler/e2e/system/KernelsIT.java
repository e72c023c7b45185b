package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.crds.Gzip;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerProgramStatus.Build;
import dev.whistler.crds.WhistlerProgramStatus.SourceDiagnostic;
import dev.whistler.testbed.install.Programs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One program, two kernels: each gets code with its own offsets, and shares what can be shared. */
@ExtendWith(SystemExtension.class)
final class KernelsIT {

  private static final String FORK = "tracepoint/sched/sched_process_fork";
  private static final int INSTRUCTION_BYTES = 8;

  @Test
  void eachKernelGetsItsOwnOffsets(WhistlerSystem system) throws Exception {
    String program = "two-kernels";
    try (SimulatedNode other = SimulatedNode.linux61(system, "node-61", Map.of())) {
      system.apply(program, WhistlerSystem.example("forks.lisp"), null);
      WhistlerProgramStatus status =
          system.await(program, "built for two kernels", builtForNodes(2));
      assertThat(status.nodes().kernels()).isEqualTo(2);
      assertThat(status.builds()).extracting(Build::nodes).containsExactly(1, 1);

      String here = artifact(system, program, kernelOfThisNode(system));
      String there = artifact(system, program, other.kernel());
      assertThat(here).isNotEqualTo(there);
      ByteBuffer ours = code(system, here);
      ByteBuffer theirs = code(system, there);
      assertThat(ours.capacity()).isEqualTo(theirs.capacity());
      List<Tuple> offsets = new ArrayList<>();
      for (int at = 0; at < ours.capacity(); at += INSTRUCTION_BYTES) {
        if (ours.getLong(at) != theirs.getLong(at)) {
          offsets.add(tuple(ours.getShort(at + 2), theirs.getShort(at + 2)));
        }
      }
      assertThat(offsets)
          .as("parent_pid is at 12 here and at 24 there, child_pid at 20 and 44")
          .containsOnly(tuple((short) 12, (short) 24), tuple((short) 20, (short) 44))
          .contains(tuple((short) 12, (short) 24));
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aProgramThatAsksNothingOfTheKernelIsBuiltOnce(WhistlerSystem system) {
    String program = "shared";
    String source =
        """
        (defmap forks :type :percpu-array :key-size 4 :value-size 8 :max-entries 1)
        (defprog count (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
          (incf (getmap forks 0))
          0)
        """;
    try (SimulatedNode other = SimulatedNode.linux61(system, "node-61", Map.of())) {
      system.apply(program, source, null);
      WhistlerProgramStatus status =
          system.await(
              program,
              "selected on two kernels",
              builtForNodes(2).and(s -> s.nodes().kernels() == 2));
      assertThat(status.builds()).hasSize(1);
      assertThat(status.builds().getFirst().nodes()).isEqualTo(2);
      assertThat(artifact(system, program, kernelOfThisNode(system)))
          .isEqualTo(artifact(system, program, other.kernel()));
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aFieldThatOneKernelLacksStopsThatKernelOnly(WhistlerSystem system) {
    String program = "group-dead";
    String source =
        """
        (deftracepoint sched/sched-process-exit pid group-dead)
        (defmap last :type :array :key-size 4 :value-type u32 :max-entries 1)
        (defprog gone (:type :tracepoint :section "tracepoint/sched/sched_process_exit")
          (when (tp-group-dead)
            (setf (getmap last 0) (tp-pid)))
          0)
        """;
    try (SimulatedNode other = SimulatedNode.linux61(system, "node-61", Map.of())) {
      assertThat(other.profile()).isNotEmpty();
      system.apply(program, source, null);
      WhistlerProgramStatus status =
          system.await(
              program,
              "runs here, not there",
              Programs.condition("Degraded", Status.TRUE)
                  .and(s -> s.nodes() != null && s.nodes().ready() == 1)
                  .and(s -> !s.diagnostics().isEmpty()));
      assertThat(status.nodes().summary()).isEqualTo("1/2");
      assertThat(status.conditions())
          .filteredOn(c -> c.type().equals("Compiled"))
          .singleElement()
          .satisfies(
              c -> {
                assertThat(c.status()).isEqualTo(Status.FALSE);
                assertThat(c.reason()).isEqualTo("MissingTracepointField");
                assertThat(c.message()).contains("6.1").contains("group");
              });
      assertThat(status.builds()).filteredOn(b -> b.artifact() == null).hasSize(1);
      assertThat(status.diagnostics())
          .isNotEmpty()
          .allSatisfy(d -> assertThat(d.kernels()).singleElement().asString().startsWith("6.1."));
      assertThat(status.diagnostics().getFirst())
          .extracting(SourceDiagnostic::code, SourceDiagnostic::line, SourceDiagnostic::column)
          .containsExactly("E-TPFIELD", 1, 45);
    } finally {
      system.delete(program);
    }
  }

  /** A profile that was uploaded may reach the operator after the program: it is awaited then. */
  private static Predicate<WhistlerProgramStatus> builtForNodes(int nodes) {
    return status ->
        nodes
            == status.builds().stream()
                .filter(build -> build.artifact() != null)
                .mapToInt(Build::nodes)
                .sum();
  }

  private static String kernelOfThisNode(WhistlerSystem system) {
    return system
        .client()
        .resources(WhistlerNode.class)
        .withName(WhistlerSystem.NODE)
        .get()
        .getStatus()
        .kernelStated()
        .orElseThrow()
        .identity();
  }

  private static String artifact(WhistlerSystem system, String program, String kernel) {
    return system.revisions(program).getLast().getStatus().bindings().get(kernel).artifact();
  }

  private static ByteBuffer code(WhistlerSystem system, String artifact) throws Exception {
    WhistlerArtifactSpec spec =
        system.client().resources(WhistlerArtifact.class).withName(artifact).get().getSpec();
    byte[] object =
        Gzip.decompress(
            Base64.getDecoder().decode(spec.object()), WhistlerArtifactSpec.MAX_OBJECT_BYTES);
    ElfFile elf = ElfFile.parse(object);
    return ByteBuffer.wrap(elf.bytes(elf.section(FORK).orElseThrow()))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
