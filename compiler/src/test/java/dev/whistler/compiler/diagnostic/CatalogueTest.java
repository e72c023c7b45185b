package dev.whistler.compiler.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The catalogue is whole, its examples give what they are examples of, and the page is current. */
class CatalogueTest {
  /** Codes that no source gives; the catalogue says why. */
  private static final Set<Code> WITHOUT_EXAMPLE = Set.of(Code.E_ASM, Code.E_INTERNAL);

  @Test
  void everyCodeIsDescribed() {
    assertThat(Catalogue.entries()).containsOnlyKeys(Code.values());
    Catalogue.entries()
        .forEach(
            (code, entry) -> {
              assertThat(entry.meaning()).as(code.text()).endsWith(".");
              assertThat(entry.remedy()).as(code.text()).endsWith(".");
              assertThat(entry.example().isEmpty())
                  .as(code.text())
                  .isEqualTo(WITHOUT_EXAMPLE.contains(code))
                  .isEqualTo(entry.whyNoExample().isPresent());
            });
  }

  @TestFactory
  Stream<DynamicTest> examplesGiveTheirCode() {
    return Catalogue.entries().entrySet().stream()
        .filter(e -> e.getValue().example().isPresent())
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey().text(),
                    () -> givesOnly(e.getKey(), e.getValue().example().orElseThrow())));
  }

  /** One example shows one thing: nothing else is reported. */
  private static void givesOnly(Code code, String example) {
    List<Diagnostic> diagnostics = new Example(example).diagnostics();
    assertThat(diagnostics).extracting(Diagnostic::code).containsOnly(code);
  }

  /** {@code -Dwhistler.golden=DIRECTORY} writes the page there. */
  @Test
  void thePageIsCurrent() throws IOException {
    String page = page();
    String target = System.getProperty("whistler.golden");
    if (target != null) {
      Files.writeString(Path.of(target, "diagnostics.md"), page);
      return;
    }
    assertThat(Files.readString(Path.of("../docs/diagnostics.md"))).isEqualTo(page);
  }

  private static String page() {
    String contents =
        Stream.of(Code.values())
            .map(c -> "[%s](#%s)".formatted(c.text(), c.text().toLowerCase(Locale.ROOT)))
            .collect(Collectors.joining(" "));
    String entries =
        Catalogue.entries().entrySet().stream()
            .map(e -> section(e.getKey(), e.getValue()))
            .collect(Collectors.joining("\n"));
    return """
    # Diagnostics

    Every code the compiler reports: what it means, the smallest source that gives it, and what to do.
    Codes that begin with `E` are errors: there is no object. Codes that begin with `W` are warnings;
    `(declaim (allow W-CODE))` or an option silences one, another option makes errors of all.
    A code is never reused with another meaning.

    Made from the compiler's catalogue; a test compiles the examples and keeps this page current.

    %s

    %s\
    """
        .formatted(contents, entries);
  }

  private static String section(Code code, Catalogue.Entry entry) {
    String middle =
        entry
            .example()
            .map(text -> "```lisp\n" + text + "```\n" + answer(text))
            .orElseGet(() -> "No example: " + entry.whyNoExample().orElseThrow() + "\n");
    return "## %s\n\n%s\n\n%s\n**Remedy:** %s\n"
        .formatted(code.text(), entry.meaning(), middle, entry.remedy());
  }

  /** What the compiler says about an example. */
  private static String answer(String text) {
    Diagnostic first = new Example(text).diagnostics().getFirst();
    return "\n`%s:%d:%d: %s %s: %s`\n"
        .formatted(
            first.range().file(),
            first.range().startLine(),
            first.range().startColumn(),
            first.severity().name().toLowerCase(Locale.ROOT),
            first.code().text(),
            first.message());
  }
}
