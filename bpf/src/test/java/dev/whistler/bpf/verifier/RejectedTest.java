package dev.whistler.bpf.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.SourceLine;
import dev.whistler.bpf.prog.VerifierException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Programs that the running kernel refuses: the reason and the line are those of the answer key.
 */
@Timeout(300)
class RejectedTest {
  private record Answer(String reason, int line) {}

  @Test
  void theVerdictIsThatOfTheAnswerKey() {
    List<RejectedPrograms.Program> programs = RejectedPrograms.all();
    assertThat(programs).hasSizeGreaterThanOrEqualTo(45);
    List<String> wrong = new ArrayList<>();
    List<String> wrongReasons = new ArrayList<>();
    for (RejectedPrograms.Program program : programs) {
      Answer wanted = new Answer(program.reason().name(), program.line());
      Answer got = verdict(program.object());
      if (!wanted.reason().equals(got.reason())) {
        wrongReasons.add(program.name() + ": wanted " + wanted + ", got " + got);
      }
      if (!wanted.equals(got)) {
        wrong.add("%n%s: wanted %s, got %s".formatted(program.name(), wanted, got));
      }
    }
    int exact = programs.size() - wrong.size();
    System.out.println(
        exact + " of " + programs.size() + " verdicts on programs in C exact; " + wrong);
    // The verifier stops at another instruction of the same fault on some kernels.
    assertThat(wrongReasons).as("classes").isEmpty();
    assertThat(exact)
        .as(wrong.toString())
        .isGreaterThanOrEqualTo((programs.size() * 95 + 99) / 100);
  }

  private static Answer verdict(byte[] bytes) {
    BpfObject object = BpfObject.open(bytes);
    try (LoadedObject loaded = object.load()) {
      return new Answer("accepted as " + loaded.programs(), 0);
    } catch (VerifierException e) {
      Optional<VerifierLog.Verdict> verdict = VerifierLog.parse(e.log());
      int line =
          verdict
              .flatMap(
                  v ->
                      v.instruction().isEmpty()
                          ? Optional.empty()
                          : object.source("program", v.instruction().getAsInt()))
              .map(SourceLine::line)
              .orElse(0);
      String reason =
          verdict
              .map(v -> v.reason() == Reason.OTHER ? v.message() : v.reason().name())
              .orElse(e.getMessage());
      return new Answer(reason, line);
    }
  }
}
