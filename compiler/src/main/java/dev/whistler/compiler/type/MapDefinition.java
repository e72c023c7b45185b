package dev.whistler.compiler.type;

import dev.whistler.compiler.source.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map of the unit.
 *
 * @param name source name
 * @param symbol the C name, which is its ELF symbol
 * @param type map type
 * @param key key slot; size 0 for maps without keys
 * @param value value slot; size 0 for ring buffers
 * @param maxEntries entries, or bytes for a ring buffer
 * @param flags BPF_F_* map flags
 * @param records for ring buffers, the record types in order (section 11.5); settled after all
 *     bodies were analyzed
 * @param tag the field that tells records apart, or null
 * @param programs initial programs of a prog-array
 * @param pin whether loaders pin it by name
 * @param origin the definition; for hidden maps the first definition of the unit that caused it
 */
public record MapDefinition(
    String name,
    String symbol,
    MapType type,
    SlotType key,
    SlotType value,
    long maxEntries,
    long flags,
    List<RecordType> records,
    @Nullable String tag,
    List<InitialProgram> programs,
    boolean pin,
    Origin origin) {
  public MapDefinition {
    records = List.copyOf(records);
    programs = List.copyOf(programs);
  }

  /**
   * One record type of a ring buffer.
   *
   * @param struct its layout
   * @param tagValue the constant in the tag field, or null without a tag
   */
  public record RecordType(StructLayout struct, @Nullable Long tagValue) {}

  /**
   * One initial program of a prog-array.
   *
   * @param slot index
   * @param program source name of the program
   */
  public record InitialProgram(long slot, String program) {}
}
