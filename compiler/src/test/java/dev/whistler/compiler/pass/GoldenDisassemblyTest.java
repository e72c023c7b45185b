package dev.whistler.compiler.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.object.Disassembler;
import dev.whistler.compiler.source.SourceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A tour of the optimiser: each {@code golden/disassembly/NN-topic.lisp} begins with what is to be
 * seen, and gives exactly the instructions in {@code NN-topic.asm} beside it. After a change of the
 * compiler, or for a new source, run with {@code -Dwhistler.approve=true} and look at the
 * difference that it writes.
 *
 * <p>A source with a line {@code ; sets: 1 3} is compiled for these instruction sets, else for v3.
 * Nothing is asked of the machine: the kernel is {@link SampleKernel}.
 */
class GoldenDisassemblyTest {
  private static final Path TOUR = Path.of("src/test/resources/golden/disassembly");

  private static final int DEFAULT_SET = 3;

  private static final Pattern SETS = Pattern.compile("(?m)^; sets:((?: [1-4])+)$");

  /** Lines without a change that a difference shows around one. */
  private static final int CONTEXT = 3;

  /** Beside the passes of the pipeline, the name that switches off what comes after registers. */
  private static final String LAYOUT = "layout";

  /** Names of the files with an extension, in the order of the tour. */
  private static List<String> names(String extension) throws IOException {
    try (Stream<Path> files = Files.list(TOUR)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(name -> name.endsWith(extension))
          .sorted()
          .toList();
    }
  }

  static List<String> sources() throws IOException {
    return names(".lisp");
  }

  static Set<String> passes() {
    Set<String> names = new TreeSet<>(Pipeline.names());
    names.add(LAYOUT);
    return names;
  }

  @ParameterizedTest
  @MethodSource("sources")
  void sourcesGiveTheirInstructions(String source) throws IOException {
    String actual = instructions(source, Set.of());
    Path golden = TOUR.resolve(golden(source));
    if (Boolean.getBoolean("whistler.approve")) {
      Files.writeString(golden, actual);
    }
    String expected = Files.exists(golden) ? Files.readString(golden) : "";
    if (!actual.equals(expected)) {
      fail(golden + " is not what the compiler writes:\n" + diff(expected, actual));
    }
  }

  /**
   * A pass that no pair shows is missing from the tour. Those that instruction selection relies on
   * cannot be switched off, and so not be asked about.
   */
  @ParameterizedTest
  @MethodSource("passes")
  void eachPassChangesSomething(String pass) throws IOException {
    for (String source : sources()) {
      if (!instructions(source, Set.of(pass)).equals(instructions(source, Set.of()))) {
        return;
      }
    }
    fail("no source needs the pass " + pass);
  }

  @Test
  void theTourIsComplete() throws IOException {
    List<String> sources = sources();
    assertThat(sources).hasSizeGreaterThanOrEqualTo(40);
    for (int i = 0; i < sources.size(); i++) {
      assertThat(sources.get(i)).matches("%02d-[a-z0-9-]+\\.lisp".formatted(i + 1));
      assertThat(Files.readString(TOUR.resolve(sources.get(i)))).startsWith("; ");
    }
    assertThat(names(".asm"))
        .isEqualTo(sources.stream().map(GoldenDisassemblyTest::golden).toList());
  }

  @Test
  void aDifferenceIsShownInItsPlace() {
    assertThat(diff("a\nb\nc\nd\ne\n", "a\nb\nx\nd\ne\nf\n"))
        .isEqualTo("  a\n  b\n- c\n+ x\n  d\n  e\n+ f\n");
    assertThat(diff("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\n"))
        .isEqualTo("  ...\n  c\n  d\n  e\n- f\n");
  }

  private static String golden(String source) {
    return source.replace(".lisp", ".asm");
  }

  private static String instructions(String source, Set<String> disabled) throws IOException {
    String text = Files.readString(TOUR.resolve(source));
    Matcher sets = SETS.matcher(text);
    if (!sets.find()) {
      return instructions(source, text, DEFAULT_SET, disabled);
    }
    StringBuilder all = new StringBuilder();
    for (String set : sets.group(1).strip().split(" ")) {
      all.append("== v").append(set).append(" ==\n");
      all.append(instructions(source, text, Integer.parseInt(set), disabled));
    }
    return all.toString();
  }

  private static String instructions(String source, String text, int set, Set<String> disabled) {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText(source, text))
                .withKernel(new SampleKernel())
                .withOptions(
                    CompilationOptions.defaults()
                        .withInstructionSet(set)
                        .withDisabledPasses(disabled)));
    assertThat(result.diagnostics()).as(source).isEmpty();
    return Disassembler.disassemble(result.object().orElseThrow().elf());
  }

  /**
   * The lines of both texts, {@code -} before those that are missing and {@code +} before those
   * that are new; what is the same is left out but for {@link #CONTEXT} lines.
   */
  private static String diff(String expected, String actual) {
    List<String> before = expected.lines().toList();
    List<String> after = actual.lines().toList();
    // The longest common part of the lines from i and from j on.
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        lines.add("  " + before.get(i++));
        j++;
      } else if (i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + before.get(i++));
      } else {
        lines.add("+ " + after.get(j++));
      }
    }
    return nearChanges(lines);
  }

  private static String nearChanges(List<String> lines) {
    StringBuilder out = new StringBuilder();
    boolean skipping = false;
    for (int i = 0; i < lines.size(); i++) {
      boolean near =
          lines.subList(Math.max(0, i - CONTEXT), Math.min(lines.size(), i + CONTEXT + 1)).stream()
              .anyMatch(l -> !l.startsWith(" "));
      if (near) {
        out.append(lines.get(i)).append('\n');
      } else if (!skipping) {
        out.append("  ...\n");
      }
      skipping = !near;
    }
    return out.toString();
  }
}
