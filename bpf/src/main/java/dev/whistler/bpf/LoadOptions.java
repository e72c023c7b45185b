package dev.whistler.bpf;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.map.BpfMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How to load an object.
 *
 * @param reuse map symbol → existing map to use instead of a new one; the caller goes on owning it
 * @param programs which programs to load, by symbol
 * @param kernelTypes types to relocate the code against (CO-RE), null for the running kernel's;
 *     what a program attaches to is looked up in the running kernel all the same
 */
public record LoadOptions(
    Map<String, BpfMap> reuse, Predicate<String> programs, @Nullable Btf kernelTypes) {
  /** Keeps a copy of the map. */
  public LoadOptions {
    reuse = Map.copyOf(reuse);
  }

  /** New maps, all programs. */
  public static LoadOptions defaults() {
    return new LoadOptions(Map.of(), name -> true, null);
  }

  /** The same with existing maps in place of new ones. */
  public LoadOptions withReuse(Map<String, BpfMap> reuse) {
    return new LoadOptions(reuse, programs, kernelTypes);
  }

  /** The same with only some programs. */
  public LoadOptions withPrograms(Predicate<String> programs) {
    return new LoadOptions(reuse, programs, kernelTypes);
  }
}
