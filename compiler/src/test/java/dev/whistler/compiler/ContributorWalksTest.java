package dev.whistler.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.reference.CompiledText;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Walks of CONTRIBUTING.md, "Where a change goes": each change is made to a copy, and needs no
 * place that the page does not name.
 */
class ContributorWalksTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/whistler/compiler");

  @TempDir Path directory;

  @Test
  void aHelperIsARowInTwoTables() throws Exception {
    String source =
        """
        (defprog p (:type :tracepoint :section "tracepoint/sched/sched_process_fork")
          (let ((text (struct-alloc 16)))
            (walk-through text 16)
            (load u8 text 0)))
        """;
    assertThat(compiled(source)).startsWith("E-UNKNOWN");

    // What .ci/kernel-names writes for a kernel that has it.
    addRow("compiler/table/kernel-names.txt", "BPF_FUNC_walk_through 212");
    addRow("compiler/table/helpers.txt", "walk-through | w2 x | i64 |  | all | fills |");
    assertThat(compiled(source)).startsWith("E-POLICY");

    addRow("tier/table/helpers.txt", "212 | walk-through | observe | w2 | number");
    assertThat(compiled(source)).contains("#212");
  }

  @Test
  void aProgramTypeIsARowAndItsSections() throws Exception {
    String source =
        """
        (defprog p (:type :walk-through)
          (with-packet (data end :min-len 14)
            (load u8 data 0)
            2))
        """;
    assertThat(compiled(source)).startsWith("E-PROGTYPE");

    addRow(
        "compiler/table/program-types.txt",
        "walk-through | BPF_PROG_TYPE_XDP | xdp_md | | | xdp_pass | xdp |");
    addRow(
        "compiler/table/sections.txt",
        "walk | only | walk-through | | BPF_XDP | xdp mode=plain | 0..4 | default");
    assertThat(compiled(source)).startsWith("E-POLICY");

    addRow("tier/table/sections.txt", "walk | observe | any | any | 0:4 4:4 8:4");
    assertThat(compiled(source)).contains("walk").contains("exit");
  }

  /** Beside these, its form and the word in reserved.txt: eight places. */
  @Test
  void aNodeWithAnOperationIsAskedForInFourPlaces() throws IOException {
    assertThat(
            incomplete(
                """
                record Walk(Expr operand, StaticType type, Origin origin) implements Expr {}
                """,
                """
                record Walk() implements Pure {}
                """))
        .containsExactly(
            "emit/Selector.java", "ir/BodyLowering.java", "ir/Printer.java", "tree/Trees.java");
  }

  /** What a compiler with the rows that were added makes of a source. */
  private String compiled(String source) throws Exception {
    List<URL> path = new ArrayList<>(List.of(directory.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(":")) {
      path.add(Path.of(entry).toUri().toURL());
    }
    // Of nothing but this path: the compiler of this test has read its tables.
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      return (String)
          loader
              .loadClass(CompiledText.class.getName())
              .getMethod("of", String.class)
              .invoke(null, source);
    }
  }

  private void addRow(String table, String row) throws IOException {
    String resource = "dev/whistler/" + table;
    Path changed = directory.resolve(resource);
    Files.createDirectories(changed.getParent());
    try (InputStream in = getClass().getClassLoader().getResourceAsStream(resource)) {
      Files.write(changed, in.readAllBytes());
    }
    Files.writeString(changed, Files.readString(changed) + row + "\n");
  }

  /** Files that do not compile any more once there is one more node and one more operation. */
  private Set<String> incomplete(String node, String operation) throws IOException {
    List<JavaFileObject> units = new ArrayList<>();
    units.add(extended(SOURCES.resolve("tree/Expr.java"), node));
    units.add(extended(SOURCES.resolve("ir/Operation.java"), operation));
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        String text = Files.readString(file);
        if (text.contains("switch (") && (text.contains("Expr.") || text.contains("Operation."))) {
          units.add(new Source(file, text));
        }
      }
    }
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(told, null, null)) {
      List<String> options =
          List.of("-proc:none", "-d", directory.toString(), "-XDshould-stop.ifError=FLOW");
      compiler.getTask(new StringWriter(), manager, told, options, null, units).call();
    }
    Set<String> incomplete = new TreeSet<>();
    for (Diagnostic<? extends JavaFileObject> one : told.getDiagnostics()) {
      if (one.getKind() == Diagnostic.Kind.ERROR) {
        assertThat(one.getMessage(null)).contains("does not cover all possible input values");
        incomplete.add(SOURCES.relativize(((Source) one.getSource()).path).toString());
      }
    }
    return incomplete;
  }

  private static Source extended(Path file, String member) throws IOException {
    String text = Files.readString(file).strip();
    return new Source(file, text.substring(0, text.length() - 1) + member + "}");
  }

  private static final class Source extends SimpleJavaFileObject {
    private final Path path;
    private final String text;

    Source(Path path, String text) {
      super(URI.create("string:///" + path.toAbsolutePath()), Kind.SOURCE);
      this.path = path;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
