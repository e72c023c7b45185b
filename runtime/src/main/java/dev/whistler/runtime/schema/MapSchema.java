package dev.whistler.runtime.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map.
 *
 * @param name as in the source
 * @param symbol its symbol in the object
 * @param type type name as in the source without the colon, for instance {@code lru-hash}
 * @param key type of a key; null where the map has none
 * @param value type of a value; null where the map has none
 * @param maxEntries entries, or bytes of a ring buffer
 * @param flags flags of {@code BPF_MAP_CREATE}
 * @param records the record types of a ring buffer; empty: raw bytes
 * @param tag name of the field that tells records apart; null: their sizes do
 * @param programs initial programs of a program array
 * @param pin whether the source asks for a pin by name
 */
public record MapSchema(
    String name,
    String symbol,
    String type,
    @Nullable ValueType key,
    @Nullable ValueType value,
    long maxEntries,
    int flags,
    List<RecordSchema> records,
    @Nullable String tag,
    List<ProgramSlot> programs,
    boolean pin) {
  public MapSchema {
    records = List.copyOf(records);
    programs = List.copyOf(programs);
  }

  public boolean isRing() {
    return type.equals("ringbuf");
  }

  public boolean isPerCpu() {
    return type.startsWith("percpu-") || type.equals("lru-percpu-hash");
  }

  /**
   * A record type of a ring.
   *
   * @param tagValue value of the tag field that marks it; null where records have no tag
   */
  public record RecordSchema(StructSchema struct, @Nullable Long tagValue) {}

  /** A program to put into a slot of a program array before anything is attached. */
  public record ProgramSlot(int slot, String program) {}
}
