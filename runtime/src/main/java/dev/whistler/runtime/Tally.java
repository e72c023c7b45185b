package dev.whistler.runtime;

import dev.whistler.bpf.codec.Codecs;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.map.TypedMap;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.load.Attachments;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What the kernel counts of a program beside its rings: events that it missed and updates of maps
 * that failed, over all revisions.
 */
final class Tally {
  /** Name of the pin of {@link #kept}; no symbol has it. */
  static final String PIN = "past:";

  private final ObjectSchema schema;
  private final Attachments attachments;
  private final Map<String, BpfMap> maps;

  /** Failed updates of earlier revisions, by map. */
  private volatile Map<String, Long> earlierUpdates = Map.of();

  /**
   * @param maps loaded, by symbol
   */
  Tally(ObjectSchema schema, Attachments attachments, Map<String, BpfMap> maps) {
    this.schema = schema;
    this.attachments = attachments;
    this.maps = Map.copyOf(maps);
  }

  /** Counts go on from those of an earlier revision. */
  void goOnFrom(List<MapCounters> earlier) {
    Map<String, Long> updates = new HashMap<>();
    earlier.forEach(map -> updates.put(map.map(), map.failedUpdates()));
    earlierUpdates = updates;
  }

  /** A map that keeps the counts of earlier revisions for whoever adopts this one. */
  BpfMap kept() {
    int words = schema.programs().size() + schema.failedUpdates().size();
    BpfMap map =
        BpfMap.create(
            MapSpec.of("whistler_past", MapType.ARRAY, 4, Long.BYTES, Math.max(1, words)));
    try {
      keep(map);
      return map;
    } catch (BpfException e) {
      map.close();
      throw e;
    }
  }

  /** Writes the counts of earlier revisions as they are known now. */
  void keep(BpfMap kept) {
    Map<String, Long> missed = attachments.missedBefore();
    TypedMap<Long, Long> words = TypedMap.of(kept, Codecs.U32, Codecs.U64);
    long at = 0;
    for (ProgramSchema program : schema.programs()) {
      words.update(at++, missed.getOrDefault(program.symbol(), 0L));
    }
    for (ObjectSchema.FailedUpdates counter : schema.failedUpdates()) {
      words.update(at++, earlierUpdates.getOrDefault(counter.map(), 0L));
    }
  }

  /** Goes on from what {@link #keep} wrote. */
  void restore(BpfMap kept) {
    TypedMap<Long, Long> words = TypedMap.of(kept, Codecs.U32, Codecs.U64);
    Map<String, Long> missed = new HashMap<>();
    Map<String, Long> updates = new HashMap<>();
    long at = 0;
    for (ProgramSchema program : schema.programs()) {
      long count = Objects.requireNonNullElse(words.lookup(at++), 0L);
      if (count != 0) {
        missed.put(program.symbol(), count);
      }
    }
    for (ObjectSchema.FailedUpdates counter : schema.failedUpdates()) {
      updates.put(counter.map(), Objects.requireNonNullElse(words.lookup(at++), 0L));
    }
    attachments.goOnFrom(missed);
    earlierUpdates = updates;
  }

  /** The programs that are or were attached, in the order of the schema. */
  List<ProgramMisses> programs() {
    Map<String, OptionalLong> missed = attachments.missed();
    List<ProgramMisses> programs = new ArrayList<>();
    for (ProgramSchema program : schema.programs()) {
      OptionalLong count = missed.get(program.symbol());
      if (count != null) {
        programs.add(new ProgramMisses(program.name(), count));
      }
    }
    return programs;
  }

  /** The maps whose failed updates the programs count. */
  List<MapCounters> maps() {
    List<MapCounters> counters = new ArrayList<>();
    for (ObjectSchema.FailedUpdates counter : schema.failedUpdates()) {
      BpfMap section = maps.get(counter.section());
      byte[] value = section == null ? null : section.lookup(new byte[4]);
      if (value != null && counter.offset() <= value.length - Long.BYTES) {
        long now = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong(counter.offset());
        long before = earlierUpdates.getOrDefault(counter.map(), 0L);
        counters.add(new MapCounters(counter.map(), before + now));
      }
    }
    return counters;
  }
}
