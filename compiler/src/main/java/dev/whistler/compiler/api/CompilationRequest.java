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
}
