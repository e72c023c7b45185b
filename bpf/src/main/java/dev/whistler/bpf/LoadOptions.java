package dev.whistler.bpf;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to load an object.
 *
 * @param reuse map symbol → existing map to use instead of a new one; the caller goes on owning it
 * @param programs which programs to load, by symbol; null for those that the object wants loaded:
 *     all but those of sections that begin with a question mark
 * @param kernelTypes types to relocate the code against (CO-RE), null for the running kernel's;
 *     what a program attaches to is looked up in the running kernel all the same
 * @param maps map symbol → what to change about the map that the object defines
 * @param variables global variable → value to begin with, as Java type: a {@code Number} or {@code
 *     Boolean} for numbers, else what {@link dev.whistler.bpf.codec.BtfCodecs} says for its type
 */
public record LoadOptions(
    Map<String, BpfMap> reuse,
    @Nullable Predicate<String> programs,
    @Nullable Btf kernelTypes,
    Map<String, UnaryOperator<MapSpec>> maps,
    Map<String, Object> variables) {
  /** Keeps copies of the maps. */
  public LoadOptions {
    reuse = Map.copyOf(reuse);
    maps = Map.copyOf(maps);
    variables = Map.copyOf(variables);
  }

  /** New maps as defined, the programs that the object wants loaded. */
  public static LoadOptions defaults() {
    return new LoadOptions(Map.of(), null, null, Map.of(), Map.of());
  }

  /** The same with existing maps in place of new ones. */
  public LoadOptions withReuse(Map<String, BpfMap> reuse) {
    return new LoadOptions(reuse, programs, kernelTypes, maps, variables);
  }

  /** The same with only some programs, also such as the object does not want loaded by itself. */
  public LoadOptions withPrograms(Predicate<String> programs) {
    return new LoadOptions(reuse, programs, kernelTypes, maps, variables);
  }

  /** The same with code relocated against other types than the running kernel's. */
  public LoadOptions withKernelTypes(Btf kernelTypes) {
    return new LoadOptions(reuse, programs, kernelTypes, maps, variables);
  }

  /**
   * The same with a change to a map.
   *
   * @param map symbol; loading fails if the object has none of that name
   */
  public LoadOptions withMap(String map, UnaryOperator<MapSpec> change) {
    Map<String, UnaryOperator<MapSpec>> changed = new HashMap<>(maps);
    changed.merge(map, change, (first, second) -> spec -> second.apply(first.apply(spec)));
    return new LoadOptions(reuse, programs, kernelTypes, changed, variables);
  }

  /**
   * The same with another size of a map.
   *
   * @param entries entries, or bytes of a ring buffer
   */
  public LoadOptions withMaxEntries(String map, int entries) {
    return withMap(map, spec -> spec.withMaxEntries(entries));
  }

  /**
   * The same with another value of a global variable, as of {@code const volatile int pid}, which
   * the verifier takes for a constant.
   *
   * @param name of the variable; loading fails if the object has none of that name, or the value
   *     does not fit its type
   */
  public LoadOptions withVariable(String name, Object value) {
    Map<String, Object> changed = new HashMap<>(variables);
    changed.put(name, value);
    return new LoadOptions(reuse, programs, kernelTypes, maps, changed);
  }
}
