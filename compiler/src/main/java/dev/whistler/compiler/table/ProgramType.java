package dev.whistler.compiler.table;

import dev.whistler.compiler.type.Field;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A program type: one row of program-types.txt, which has all that the compiler knows of it but for
 * its sections ({@link Sections}).
 *
 * @param name the keyword without colon, for instance {@code cgroup-skb}
 * @param kernelType enum bpf_prog_type, unless the section has another
 * @param context the word of that column
 * @param writable the fields of the context that programs may store
 * @param attachPoint what its programs are attached to
 * @param earlyExit what {@code with-packet} and its relatives return early (section 17.3); empty
 *     where they are not allowed
 * @param helpers the codes of helpers.txt that are for it
 * @param traits what else is known of it
 */
public record ProgramType(
    String name,
    int kernelType,
    String context,
    Set<String> writable,
    AttachPoint attachPoint,
    OptionalLong earlyExit,
    Set<String> helpers,
    Set<Trait> traits) {
  public ProgramType {
    writable = Set.copyOf(writable);
    helpers = Set.copyOf(helpers);
    traits = Set.copyOf(traits);
  }

  /** What is true of a type, each a word of the table. */
  public enum Trait {
    /** {@code get-current-cgroup-id} speaks of the task concerned (section 19.9). */
    CURRENT_CGROUP,
    /** {@code (ret)} gives a result that there was before the program ran. */
    RESULT
  }

  /** Whether programs may store a field of the context. */
  public boolean mayStore(Field<?> field) {
    return writable.contains(field.name());
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** Whether the context is a packet buffer of a driver: {@code xdp-data} works. */
  public boolean hasXdpBuffer() {
    return context.equals("xdp_md");
  }

  /** Whether the context is a socket buffer: {@code tc-data} and {@code with-tc-…} work. */
  public boolean hasSocketBuffer() {
    return context.equals("__sk_buff");
  }

  /** Whether the context is the record of a tracepoint. */
  public boolean hasTracepointRecord() {
    return context.equals("record");
  }

  /** Whether {@code (arg …)} reads words of the context (section 12.7). */
  public boolean hasArgumentWords() {
    return context.equals("words");
  }

  /** Whether the context is the registers at a probe, and nothing else. */
  public boolean isProbe() {
    return context.equals("pt_regs");
  }

  /** Whether the context is a sample: the registers, then what was sampled. */
  public boolean isSample() {
    return context.equals("bpf_perf_event_data");
  }

  /** The keyword without colon, as messages and the schema show it. */
  @Override
  public String toString() {
    return name;
  }
}
