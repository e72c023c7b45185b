package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Digest;
import dev.whistler.crds.Group;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.SourceReference.ConfigMapKey;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.e2e.examples.SourceExample;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.Programs;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program whose text is in a ConfigMap, from before there is one until it is gone. */
@ExtendWith(SystemExtension.class)
final class SourceFromIT {
  private static final String UNAVAILABLE = "SourceUnavailable";

  @Test
  void theTextIsFollowed(WhistlerSystem system) throws IOException {
    SourceExample example = SourceExample.read();
    String program = example.program().getMetadata().getName();
    ConfigMapKey key =
        Objects.requireNonNull(example.program().getSpec().sourceFrom()).configMapKeyRef();
    String text = Objects.requireNonNull(example.configMap().getData().get(key.key()));
    Resource<ConfigMap> texts =
        system.client().configMaps().inNamespace(Installation.NAMESPACE).withName(key.name());
    var _ = system.client().resource(example.program()).create();
    try {
      system.await(program, "without a ConfigMap", said("no ConfigMap " + key.name()));
      assertThat(system.revisions(program)).isEmpty();

      // One without the label is not looked at, and what is to be done about it is said.
      write(system, key, text, Map.of());
      system.await(program, "without the label", said(Group.SOURCE_LABEL));
      assertThat(system.revisions(program)).isEmpty();

      write(system, key, text, Map.of(Group.SOURCE_LABEL, ""));
      system.awaitReady(program);
      assertThat(system.revisions(program))
          .extracting(revision -> revision.getSpec().sourceDigest())
          .containsExactly(Digest.ofText(text).hex());
      assertThat(system.artifacts(program)).hasSize(1);

      String edited = text.replace("(incf (getmap forks 0))", "(incf (getmap forks 0) 2)");
      assertThat(edited).isNotEqualTo(text);
      write(system, key, edited, Map.of(Group.SOURCE_LABEL, "", "another", "label"));
      awaitRunning(system, program, 2);
      assertThat(system.artifacts(program)).hasSize(2);

      var _ = texts.delete();
      system.await(program, "the ConfigMap is gone", said("no ConfigMap " + key.name()));
      assertThat(runs(system, program)).isEqualTo(2);

      write(system, key, edited, Map.of(Group.SOURCE_LABEL, ""));
      system.awaitReady(program);
      assertThat(system.revisions(program)).as("it is the same text").hasSize(2);

      // Whoever takes the label away says that it is no program any longer.
      write(system, key, edited, Map.of());
      system.await(program, "the label is gone", said(Group.SOURCE_LABEL));
      assertThat(runs(system, program)).isEqualTo(2);

      write(system, key, "", Map.of(Group.SOURCE_LABEL, ""));
      system.await(program, "the text is empty", said("is empty"));
      assertThat(runs(system, program)).isEqualTo(2);

      write(system, key, text, Map.of(Group.SOURCE_LABEL, ""));
      awaitRunning(system, program, 3);
    } finally {
      system.delete(program);
      var _ = texts.delete();
    }
  }

  private static void write(
      WhistlerSystem system, ConfigMapKey key, String text, Map<String, String> labels) {
    var _ =
        system
            .client()
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withNamespace(Installation.NAMESPACE)
                    .withName(key.name())
                    .withLabels(labels)
                    .endMetadata()
                    .addToData(key.key(), text)
                    .build())
            .forceConflicts()
            .serverSideApply();
  }

  private static Predicate<WhistlerProgramStatus> said(String part) {
    return status ->
        status.conditions().stream()
            .filter(condition -> condition.type().equals("Compiled"))
            .anyMatch(
                compiled ->
                    compiled.status() == Status.FALSE
                        && compiled.reason().equals(UNAVAILABLE)
                        && compiled.message().contains(part));
  }

  /** Waits until that revision runs, and is the newest that was asked for. */
  private static void awaitRunning(WhistlerSystem system, String program, long revision) {
    system.await(
        program,
        "Ready with revision " + revision,
        Programs.ready().and(status -> Objects.equals(status.currentRevision(), revision)));
    assertThat(runs(system, program)).isEqualTo(revision);
  }

  /** The revision that the agent says it runs. */
  private static long runs(WhistlerSystem system, String program) {
    return system
        .onNode(program)
        .map(NodeProgram::running)
        .map(WhistlerNodeStatus.Running::revision)
        .orElseThrow();
  }
}
