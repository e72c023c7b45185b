package dev.whistler.compiler;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.object.Disassembler;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the compiler makes of a source, as text: all that two class loaders can tell each other. */
public final class CompiledText {
  private CompiledText() {}

  /** The instructions, or the diagnostics, one a line. */
  public static String of(String source) {
    CompilationResult result =
        Compiler.compile(
            new CompilationRequest(
                List.of(new SourceText("walk.w", source)),
                Architecture.X86_64,
                null,
                Map.of(),
                CompilationOptions.defaults().withTier(CompilationOptions.Tier.OBSERVE),
                Budget.UNLIMITED));
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
