package dev.whistler.compiler.api;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a compilation depends on; nothing else influences its result (section 3.1).
 *
 * @param sources read as if concatenated, each keeping its own name
 * @param architecture the target
 * @param kernel the kernel compiled for, or null: layout-dependent forms are then {@code E-KDESC}
 * @param knobs values by knob name, in the external forms of section 19.1
 * @param options options
 * @param budget asked whether the compilation may go on
 */
public record CompilationRequest(
    List<SourceText> sources,
    Architecture architecture,
    @Nullable KernelDescription kernel,
    Map<String, String> knobs,
    CompilationOptions options,
    Budget budget) {
  public CompilationRequest {
    sources = List.copyOf(sources);
    knobs = Map.copyOf(knobs);
  }

  /** Sources for no known kernel, with the default options, all knobs at theirs, and no limit. */
  public static CompilationRequest of(Architecture architecture, SourceText... sources) {
    return new CompilationRequest(
        List.of(sources),
        architecture,
        null,
        Map.of(),
        CompilationOptions.defaults(),
        Budget.UNLIMITED);
  }

  /** The same for a kernel; for none if null. */
  public CompilationRequest withKernel(@Nullable KernelDescription other) {
    return new CompilationRequest(sources, architecture, other, knobs, options, budget);
  }

  /** The same with other values of knobs. */
  public CompilationRequest withKnobs(Map<String, String> other) {
    return new CompilationRequest(sources, architecture, kernel, other, options, budget);
  }

  /** The same with other options. */
  public CompilationRequest withOptions(CompilationOptions other) {
    return new CompilationRequest(sources, architecture, kernel, knobs, other, budget);
  }

  /** The same with another limit of time. */
  public CompilationRequest withBudget(Budget other) {
    return new CompilationRequest(sources, architecture, kernel, knobs, options, other);
  }
}
