package dev.whistler.compiler.table;

import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kernel helper (appendix E): one row of helpers.txt, which has all that the compiler knows of
 * it. The lowest tier that may call it is in the table of the module {@code tier}.
 *
 * @param id the number in the call instruction (enum bpf_func_id, include/uapi/linux/bpf.h)
 * @param name the hyphenated name without {@code bpf-}
 * @param parameters what it takes, in order
 * @param variadic whether up to three further numbers may follow
 * @param result what it gives
 * @param gplOnly whether a GPL-compatible licence is required
 * @param programTypes the codes of that column
 * @param traits what else is known of it
 * @param kinds of its result
 */
public record Helper(
    int id,
    String name,
    List<Parameter> parameters,
    boolean variadic,
    Result result,
    boolean gplOnly,
    Set<String> programTypes,
    Set<Trait> traits,
    Kinds kinds) {
  public Helper {
    parameters = List.copyOf(parameters);
    programTypes = Set.copyOf(programTypes);
    traits = Set.copyOf(traits);
  }

  /** What is true of a helper, each a word of the table. */
  public enum Trait {
    /**
     * Neither changes memory that programs see, but for what it is given to write, nor maps:
     * clocks, identities, random numbers, reads.
     */
    OBSERVES,
    /** Fills the whole of its destination, with zeros if it fails. */
    FILLS,
    /** Takes the context, but leaves packet and context as they are. */
    KEEPS_CONTEXT,
    /** Reads kernel memory: the context is no more to it than an address. */
    READS_KERNEL,
    /** Its result must be released. */
    ACQUIRES,
    /** Releases what one that acquires gave. */
    RELEASES,
    /** May sleep: only sleepable programs may call it. */
    SLEEPS,
    /**
     * Its result is an {@code int} that some kernel hands out zero-extended, so that only its low
     * 32 bits can be relied on. Map operations that the JIT calls directly returned {@code int}
     * until Linux 6.4 (commit d7ba4cc900bf, "bpf: return long from bpf_map_ops funcs";
     * do_misc_fixups in kernel/bpf/verifier.c lists the direct calls), and loop is compiled in
     * place since Linux 5.19: its -E2BIG is a 32-bit move to this day (inline_bpf_loop).
     */
    INT,
    /** Its number is the address of the current task. */
    TASK,
    /** Writes text. */
    TEXT,
    /** Writes no more than up to the end of a text. */
    STOPS
  }

  /** What a helper gives. */
  public sealed interface Result {
    /** Nothing that is worth a value. */
    record Nothing() implements Result {}

    /** A number. */
    record Number(ScalarType type) implements Result {}

    /** An address in the map it is given, or in memory of the program. */
    record Memory(boolean nullable) implements Result {}

    /** An object of the kernel. */
    record KernelObject(boolean nullable) implements Result {}

    /** Reads a code of the table. */
    static Result parse(String code) {
      return switch (code) {
        case "0" -> new Nothing();
        case "ptr" -> new Memory(false);
        case "ptr?" -> new Memory(true);
        case "obj" -> new KernelObject(false);
        case "obj?" -> new KernelObject(true);
        default -> new Number(ScalarType.named(code).orElseThrow());
      };
    }
  }

  /**
   * Kinds of a result (section 9.6).
   *
   * @param whole of all 64 bits, or null
   * @param high of the upper half, or null
   * @param low of the lower half, or null
   */
  public record Kinds(
      Kind.@Nullable Simple whole, Kind.@Nullable Simple high, Kind.@Nullable Simple low) {
    /** Reads a cell of the table: nothing, {@code KIND} or {@code HIGH/LOW}. */
    static Kinds parse(String cell) {
      int slash = cell.indexOf('/');
      return slash < 0
          ? new Kinds(kind(cell), null, null)
          : new Kinds(null, kind(cell.substring(0, slash)), kind(cell.substring(slash + 1)));
    }

    private static Kind.@Nullable Simple kind(String name) {
      return name.isEmpty() ? null : Kind.Simple.named(name).orElseThrow();
    }
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** Whether it is that helper. */
  public boolean is(Helper other) {
    return id == other.id;
  }

  /** The parameter at an index from 0 on; null beyond the last. */
  public @Nullable Parameter parameter(int index) {
    return index < parameters.size() ? parameters.get(index) : null;
  }
}
