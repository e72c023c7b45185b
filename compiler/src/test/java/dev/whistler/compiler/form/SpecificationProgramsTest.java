package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.Kind;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The programs of appendix F. */
class SpecificationProgramsTest {
  @ParameterizedTest
  @FieldSource("dev.whistler.compiler.form.SpecificationPrograms#NAMES")
  void programsAreAnalyzedWithoutDiagnostics(String name) {
    assertThat(Analysis.of(SpecificationPrograms.source(name)).diagnostics()).isEmpty();
  }

  private static Map<String, String> kinds(String name) {
    Map<String, String> kinds = new TreeMap<>();
    Map<String, Kind> inferred =
        Analysis.of(SpecificationPrograms.source(name)).unit().inferredKinds();
    inferred.forEach((field, kind) -> kinds.put(field, kind.text()));
    return kinds;
  }

  @Test
  void kindsOfExecutedPrograms() {
    assertThat(kinds("f01-exec"))
        .isEqualTo(
            Map.of(
                "exec-event.ts", "ktime",
                "exec-event.pid", "pid",
                "exec-event.uid", "uid",
                "exec-event.comm", "string",
                "exec-event.file", "string"));
  }

  @Test
  void kindsPassThroughFieldsOfMapValues() {
    assertThat(kinds("f03-fork"))
        .containsEntry("life.born", "ktime")
        .containsEntry("birth.parent", "pid")
        .doesNotContainKey("life.lived-ms");
  }

  @Test
  void requirementsNameEachFieldThatIsRead() {
    assertThat(Analysis.of(SpecificationPrograms.source("f03-fork")).unit().requirements())
        .contains(
            new TypedUnit.Requirement.TracepointField(
                "born", "sched/sched_process_fork", "parent_pid", 24, 4, true, "scalar"))
        .hasSize(3);
  }
}
