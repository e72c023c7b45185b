package dev.whistler.compiler.reference;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.object.Disassembler;
import java.util.stream.Collectors;

/** What the compiler makes of a source, as text: all that two class loaders can tell each other. */
public final class CompiledText {
  private CompiledText() {}

  /** The instructions, or the diagnostics, one a line. */
  public static String of(String source) {
    CompilationResult result =
        Compilation.compile(
            source, CompilationOptions.defaults().withTier(CompilationOptions.Tier.OBSERVE));
    return result
        .object()
        .map(object -> Disassembler.disassemble(object.elf()))
        .orElseGet(
            () ->
                result.diagnostics().stream()
                    .map(one -> one.code().text() + " " + one.message())
                    .collect(Collectors.joining("\n")));
  }
}
