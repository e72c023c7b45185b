package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.SourceRange;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Diagnostics as JSON for programs: an array of objects with {@code code}, {@code severity}, {@code
 * message}, {@code range} {@code {file, start {line, column}, end {line, column}}}, and where there
 * are any {@code hint}, {@code notes} and {@code expansion}.
 */
public final class JsonRenderer {
  private JsonRenderer() {}

  /** The diagnostics as one array, each on a line of its own. */
  public static String render(List<Diagnostic> diagnostics) {
    return diagnostics.isEmpty()
        ? "[]\n"
        : diagnostics.stream()
            .map(JsonRenderer::render)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
  }

  /** One diagnostic as an object on one line. */
  public static String render(Diagnostic d) {
    StringBuilder out = new StringBuilder("{\"code\":");
    out.append(string(d.code().text()));
    out.append(",\"severity\":").append(string(severity(d.severity())));
    out.append(",\"message\":").append(string(d.message()));
    out.append(",\"range\":").append(range(d.range()));
    String hint = d.hint();
    if (hint != null) {
      out.append(",\"hint\":").append(string(hint));
    }
    if (!d.notes().isEmpty()) {
      out.append(",\"notes\":").append(array(d.notes(), JsonRenderer::note));
    }
    if (!d.expansion().isEmpty()) {
      out.append(",\"expansion\":").append(array(d.expansion(), JsonRenderer::frame));
    }
    return out.append('}').toString();
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case NOTE -> "note";
    };
  }

  private static <T> String array(List<T> list, Function<T, String> element) {
    return list.stream().map(element).collect(Collectors.joining(",", "[", "]"));
  }

  private static String note(Diagnostic.Note note) {
    return "{\"message\":" + string(note.message()) + ",\"range\":" + range(note.range()) + "}";
  }

  private static String frame(ExpansionFrame frame) {
    SourceRange definition = frame.definition();
    return "{\"macro\":"
        + string(frame.macro())
        + ",\"call\":"
        + range(frame.call())
        + (definition == null ? "" : ",\"definition\":" + range(definition))
        + "}";
  }

  private static String range(SourceRange range) {
    return "{\"file\":"
        + string(range.file())
        + ",\"start\":"
        + position(range.startLine(), range.startColumn())
        + ",\"end\":"
        + position(range.endLine(), range.endColumn())
        + "}";
  }

  private static String position(int line, int column) {
    return "{\"line\":" + line + ",\"column\":" + column + "}";
  }

  private static String string(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
