package dev.whistler.compiler.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RendererTest {
  private static final SourceText SOURCE =
      new SourceText("prog.w", "(defprog p ()\n\t(let ((n (tp-next-pids)))\n  0))\n\u001b[31mred");

  private static Diagnostic diagnostic(int line, int start, int end, String message) {
    return new Diagnostic(
        Code.E_TPFIELD,
        Severity.ERROR,
        message,
        new SourceRange("prog.w", line, start, line, end),
        "did you mean next_pid?",
        List.of(new Diagnostic.Note("imported here", new SourceRange("prog.w", 1, 2, 1, 9))),
        List.of());
  }

  @Test
  void theRangeIsMarkedInItsLine() {
    String text =
        new Renderer(List.of(SOURCE), false)
            .render(diagnostic(2, 11, 25, "sched/sched_switch has no field \"next_pids\""));

    assertThat(text)
        .isEqualTo(
            """
            prog.w:2:11: error E-TPFIELD: sched/sched_switch has no field "next_pids"
               2 |     (let ((n (tp-next-pids)))
                 |              ^^^^^^^^^^^^^^
                 = did you mean next_pid?
            prog.w:1:2: note: imported here
               1 | (defprog p ()
                 |  ^^^^^^^
            """);
  }

  @Test
  void controlCharactersNeverReachTheTerminal() {
    String text =
        new Renderer(List.of(SOURCE), false)
            .render(diagnostic(4, 1, 3, "bad \u001b]0;title\u0007 \u202e\nname"));

    assertThat(text)
        .contains("bad \\u{1b}]0;title\\u{7} \\u{202e}\\nname")
        .contains("   4 | \\u{1b}[31mred\n     | ^^^^^^^\n")
        .doesNotContain("\u001b", "\u202e");
  }

  @Test
  void colourIsOptional() {
    assertThat(new Renderer(List.of(SOURCE), true).render(diagnostic(2, 11, 25, "x")))
        .contains("\u001b[1;31merror E-TPFIELD\u001b[0m");
  }

  @Test
  void longChainsAndLinesAreCut() {
    SourceRange far = new SourceRange("long.w", 1, 5_001, 1, 5_004);
    Diagnostic d =
        new Diagnostic(
            Code.W_MACRO,
            Severity.WARNING,
            "m",
            far,
            null,
            List.of(),
            Collections.nCopies(200, new ExpansionFrame("mac", far, far)));
    String text =
        new Renderer(
                List.of(new SourceText("long.w", "a".repeat(5_000) + "bad" + "c".repeat(5_000))),
                false)
            .render(d);

    assertThat(text).hasSizeLessThan(1_500).contains("abadc", "^^^", "… and 192 more macro calls");
    assertThat(text)
        .contains("     in macro mac, called at long.w:1:5001, defined at long.w:1:5001");
  }

  @Test
  void rangesOutsideOfTheTextAreShownWithoutSource() {
    assertThat(new Renderer(List.of(SOURCE), false).render(diagnostic(99, 1, 2, "m")))
        .startsWith("prog.w:99:1: error E-TPFIELD: m\n     = did");
  }

  @Test
  void jsonReadsBack() throws Exception {
    Diagnostic d = diagnostic(2, 11, 25, "quote \" slash \\ \u0001 \u2028 é");
    JsonNode json = new ObjectMapper().readTree(JsonRenderer.render(List.of(d, d)));

    assertThat(json).hasSize(2);
    JsonNode first = json.get(0);
    assertThat(first.get("code").asText()).isEqualTo("E-TPFIELD");
    assertThat(first.get("message").asText()).isEqualTo("quote \" slash \\ \u0001 \u2028 é");
    assertThat(first.at("/range/start/column").asInt()).isEqualTo(11);
    assertThat(first.at("/notes/0/range/end/line").asInt()).isEqualTo(1);
    assertThat(first.has("expansion")).isFalse();
    assertThat(JsonRenderer.render(List.of())).isEqualTo("[]\n");
  }
}
