package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Diagnostics as text for people (section 20.1):
 *
 * <pre>
 * prog.w:12:20: error E-TPFIELD: sched/sched_switch has no field "next_pids"
 *   12 |   (let ((n (tp-next-pids)))
 *      |            ^^^^^^^^^^^^^^
 *      = did you mean next_pid?
 * </pre>
 *
 * <p>Source and messages are hostile: control characters are shown escaped, so that none reaches a
 * terminal.
 */
public final class Renderer {
  /** Code points of a source line that are shown. */
  private static final int MAX_LINE = 160;

  /** Macro calls that are shown; a runaway macro has hundreds. */
  private static final int MAX_FRAMES = 8;

  private static final String RED = "\u001b[1;31m";
  private static final String YELLOW = "\u001b[1;33m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final Map<String, List<String>> lines = new HashMap<>();
  private final boolean colour;

  /**
   * Creates a renderer.
   *
   * @param sources where source lines are taken from; a diagnostic about another file has none
   * @param colour whether to use ANSI colours, for terminals
   */
  public Renderer(List<SourceText> sources, boolean colour) {
    sources.forEach(source -> lines.put(source.name(), source.text().lines().toList()));
    this.colour = colour;
  }

  /** One diagnostic, several lines, each ended by a line feed. */
  public String render(Diagnostic diagnostic) {
    StringBuilder out = new StringBuilder();
    SourceRange range = diagnostic.range();
    boolean error = diagnostic.severity() == Severity.ERROR;
    String severity =
        switch (diagnostic.severity()) {
          case ERROR -> "error";
          case WARNING -> "warning";
          case NOTE -> "note";
        };
    out.append(place(range))
        .append(": ")
        .append(styled(severity + " " + diagnostic.code().text(), error ? RED : YELLOW))
        .append(": ")
        .append(styled(escaped(diagnostic.message()), BOLD))
        .append('\n');
    excerpt(range, error ? RED : YELLOW, out);
    String hint = diagnostic.hint();
    if (hint != null) {
      out.append("     = ").append(escaped(hint)).append('\n');
    }
    for (Diagnostic.Note note : diagnostic.notes()) {
      out.append(place(note.range())).append(": note: ").append(escaped(note.message()));
      out.append('\n');
      excerpt(note.range(), BOLD, out);
    }
    chain(diagnostic.expansion(), out);
    return out.toString();
  }

  private void chain(List<ExpansionFrame> frames, StringBuilder out) {
    frames.stream()
        .limit(MAX_FRAMES)
        .forEach(
            frame -> {
              out.append("     in macro ").append(escaped(frame.macro()));
              out.append(", called at ").append(place(frame.call()));
              SourceRange definition = frame.definition();
              if (definition != null) {
                out.append(", defined at ").append(place(definition));
              }
              out.append('\n');
            });
    if (frames.size() > MAX_FRAMES) {
      out.append("     … and ").append(frames.size() - MAX_FRAMES).append(" more macro calls\n");
    }
  }

  private static String place(SourceRange range) {
    return escaped(range.file()) + ":" + range.startLine() + ":" + range.startColumn();
  }

  private String styled(String text, String style) {
    return colour ? style + text + PLAIN : text;
  }

  /** The first line of the range with the range marked. */
  private void excerpt(SourceRange range, String style, StringBuilder out) {
    List<String> file = lines.getOrDefault(range.file(), List.of());
    if (range.startLine() < 1 || range.startLine() > file.size()) {
      return;
    }
    int[] line = file.get(range.startLine() - 1).codePoints().toArray();
    int start = Math.min(range.startColumn() - 1, line.length);
    int end = range.endLine() == range.startLine() ? range.endColumn() - 1 : line.length;
    end = Math.clamp(end, start, line.length);
    // A long line is shown from a little before the range.
    int from = start + 20 > MAX_LINE ? Math.max(0, start - 40) : 0;
    int to = Math.min(line.length, from + MAX_LINE);
    StringBuilder shown = new StringBuilder(from > 0 ? "…" : "");
    StringBuilder marks = new StringBuilder(from > 0 ? " " : "");
    for (int i = from; i < to; i++) {
      String text = line[i] == '\t' ? "    " : escaped(Character.toString(line[i]));
      shown.append(text);
      marks.append((i >= start && i < end ? "^" : " ").repeat(text.length()));
    }
    if (marks.indexOf("^") < 0) {
      marks.append('^');
    }
    String number = String.format(Locale.ROOT, "%4d", range.startLine());
    out.append(number).append(" | ").append(shown).append(to < line.length ? "…" : "");
    out.append('\n').append(" ".repeat(number.length())).append(" | ");
    out.append(styled(marks.toString().stripTrailing(), style)).append('\n');
  }

  /** Text without control and formatting characters. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isHarmless(c)) {
                out.appendCodePoint(c);
              } else {
                out.append(c == '\n' ? "\\n" : String.format(Locale.ROOT, "\\u{%x}", c));
              }
            });
    return out.toString();
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
