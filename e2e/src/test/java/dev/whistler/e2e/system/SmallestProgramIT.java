package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionReading;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.workload.Forks;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The least that somebody writes: what is left to a default is there, and works. */
@ExtendWith(SystemExtension.class)
final class SmallestProgramIT {
  private static final Duration DELIVERY = Duration.ofSeconds(30);
  private static final int LINES = 20_000;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no-sinks    | ''
          empty-sinks | sinks: []
          """)
  void recordsOfAProgramWithoutSinksAreInTheAgentsOutput(
      String program, String sinks, WhistlerSystem system) {
    apply(system, program, sinks);
    try {
      system.awaitReady(program);
      assertThat(system.revisions(program))
          .as("what agents do is what the revision says")
          .singleElement()
          .satisfies(
              revision ->
                  assertThat(RevisionReading.of(revision, RevisionFeature.ALL))
                      .isInstanceOfSatisfying(
                          RevisionReading.Readable.class,
                          readable ->
                              assertThat(readable.payload().sinks())
                                  .containsExactly(ProgramSink.toStdout())));
      Forks forks = Forks.cause(1);
      Waiting.until(
          "the record in the agent's output",
          DELIVERY,
          () ->
              system
                  .agent()
                  .process()
                  .process()
                  .logTail(LINES)
                  .lines()
                  .anyMatch(
                      line ->
                          line.contains("\"program\":\"" + program + "\"")
                              && line.contains("\"parent\":" + forks.parent())));
    } finally {
      system.delete(program);
    }
  }

  @Test
  void aProgramWithASinkDoesNotWriteToTheOutputToo(WhistlerSystem system) {
    String program = "file-only";
    system.apply(program, WhistlerSystem.example("forks.lisp"), null);
    try {
      system.awaitReady(program);
      Forks forks = Forks.cause(1);
      Waiting.until(
          "the record in the file",
          DELIVERY,
          () ->
              Records.in(system.agent().sinkFile(program)).stream()
                  .anyMatch(record -> record.at("/data/parent").asLong() == forks.parent()));
      assertThat(system.agent().process().process().logTail(LINES))
          .doesNotContain("\"program\":\"" + program + "\"");
    } finally {
      system.delete(program);
    }
  }

  /**
   * Applies the example without naming sinks.
   *
   * @param more one more line of its spec; may be empty
   */
  static void apply(WhistlerSystem system, String name, String more) {
    String manifest =
        "apiVersion: whistler.dev/v1alpha1\nkind: WhistlerProgram\nmetadata: {name: "
            + name
            + "}\nspec:\n  source: |\n"
            + WhistlerSystem.example("forks.lisp").indent(4)
            + (more.isEmpty() ? "" : "  " + more + "\n");
    GenericKubernetesResource program =
        Serialization.unmarshal(manifest, GenericKubernetesResource.class);
    var _ = system.client().resource(program).create();
  }
}
