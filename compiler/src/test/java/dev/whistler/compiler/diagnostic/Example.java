package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A source that shows a diagnostic. Its first line may say how it is compiled: {@code ;; knob
 * NAME=VALUE}, {@code ;; tier NAME}, {@code ;; with a scope}, {@code ;; for an odd kernel}, {@code
 * ;; for a kernel without types}, {@code ;; without a kernel description}, {@code ;; without time}.
 */
record Example(String text) {
  List<Diagnostic> diagnostics() {
    return Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText("example.w", text))
                .withKernel(kernel())
                .withKnobs(knobs())
                .withOptions(options())
                .withBudget(how().equals("without time") ? () -> true : Budget.UNLIMITED))
        .diagnostics();
  }

  private String how() {
    return text.startsWith(";; ") ? text.substring(3, text.indexOf('\n')) : "";
  }

  private @Nullable KernelDescription kernel() {
    return switch (how()) {
      case "without a kernel description" -> null;
      case "for an odd kernel" -> new OddKernel(true);
      case "for a kernel without types" -> new OddKernel(false);
      default -> new SampleKernel();
    };
  }

  private Map<String, String> knobs() {
    String how = how();
    int equals = how.indexOf('=');
    return how.startsWith("knob ")
        ? Map.of(how.substring(5, equals), how.substring(equals + 1))
        : Map.of();
  }

  private CompilationOptions options() {
    String how = how();
    CompilationOptions plain = CompilationOptions.defaults();
    if (how.startsWith("tier ")) {
      return plain.withTier(Tier.valueOf(how.substring(5).toUpperCase(Locale.ROOT)));
    }
    return plain.withScope(how.equals("with a scope"));
  }
}
