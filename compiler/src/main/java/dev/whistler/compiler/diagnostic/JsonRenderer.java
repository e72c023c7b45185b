package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.json.JsonWriter;
import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.SourceRange;
import java.util.List;
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
    JsonWriter json = new JsonWriter();
    json.beginObject().member("code", d.code().text()).member("severity", severity(d.severity()));
    json.member("message", d.message());
    range(json.name("range"), d.range());
    String hint = d.hint();
    if (hint != null) {
      json.member("hint", hint);
    }
    if (!d.notes().isEmpty()) {
      json.name("notes").array(d.notes(), note -> note(json, note));
    }
    if (!d.expansion().isEmpty()) {
      json.name("expansion").array(d.expansion(), frame -> frame(json, frame));
    }
    return json.endObject().toString();
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case NOTE -> "note";
    };
  }

  private static void note(JsonWriter json, Diagnostic.Note note) {
    json.beginObject().member("message", note.message());
    range(json.name("range"), note.range());
    json.endObject();
  }

  private static void frame(JsonWriter json, ExpansionFrame frame) {
    json.beginObject().member("macro", frame.macro());
    range(json.name("call"), frame.call());
    SourceRange definition = frame.definition();
    if (definition != null) {
      range(json.name("definition"), definition);
    }
    json.endObject();
  }

  private static void range(JsonWriter json, SourceRange range) {
    json.beginObject().member("file", range.file());
    position(json.name("start"), range.startLine(), range.startColumn());
    position(json.name("end"), range.endLine(), range.endColumn());
    json.endObject();
  }

  private static void position(JsonWriter json, int line, int column) {
    json.beginObject().member("line", line).member("column", column).endObject();
  }
}
