package dev.whistler.compiler.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.form.SpecificationPrograms;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/compiler.md} shows is what the compiler does. */
class CompilerPageTest {
  private static final Path PAGE = Path.of("../docs/compiler.md");
  private static final Path SOURCES = Path.of("src/main/java/dev/whistler/compiler");

  @Test
  void showsTheProgramAndItsInstructions() throws IOException {
    String source = SpecificationPrograms.source("forks");
    byte[] elf =
        Compiler.compile(
                CompilationRequest.of(Architecture.X86_64, new SourceText("forks.w", source))
                    .withKernel(new SampleKernel()))
            .object()
            .orElseThrow()
            .elf();

    assertThat(Files.readString(PAGE))
        .contains("```lisp\n" + source + "```")
        .contains("```\n" + Disassembler.disassemble(elf).strip() + "\n```");
  }

  /** The table's {@code package.Class} cells name classes that exist. */
  @Test
  void namesClassesThatExist() throws IOException {
    Matcher names = Pattern.compile("`([a-z]+)\\.([A-Z]\\w+)`").matcher(Files.readString(PAGE));
    int found = 0;
    while (names.find()) {
      assertThat(SOURCES.resolve(names.group(1)).resolve(names.group(2) + ".java")).exists();
      found++;
    }
    assertThat(found).isGreaterThan(40);
  }
}
