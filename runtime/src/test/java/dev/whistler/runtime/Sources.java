package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import java.util.Map;

/** Objects from small programs that ask nothing about the kernel. */
public final class Sources {
  private Sources() {}

  /** The object of a program, or a failure with its diagnostics. */
  public static byte[] compile(String source) {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText("test.lisp", source))
                .withKernel(new SuppliedKernel(Architecture.X86_64, Map.of(), null, null, null)));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    return result.object().orElseThrow().elf();
  }
}
