package dev.whistler.operator.build;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.crds.BuildDigest;
import dev.whistler.crds.Digest;
import dev.whistler.crds.Tier;
import java.util.Map;

/**
 * Everything that a build depends on, apart from the kernel.
 *
 * @param name of the program; its text appears as {@code NAME.lisp} in line information
 * @param text of the program
 * @param tier what it may do
 * @param knobs values by name
 */
public record SourceUnit(
    String name, String text, CompilationOptions.Tier tier, Map<String, String> knobs) {
  public SourceUnit {
    knobs = Map.copyOf(knobs);
  }

  /** The build digest of all of this. Units that differ have different ones. */
  public String digest() {
    return BuildDigest.of(
        name, Digest.ofText(text).hex(), Tier.valueOf(tier.name()), knobs, false, false);
  }
}
