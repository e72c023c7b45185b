package dev.whistler.compiler.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A ring buffer that nobody reads (kernel/bpf/ringbuf.c). */
final class RingModel {
  private static final int HEADER = 8;

  private final Memory memory;
  private final long size;
  private final List<Record> records = new ArrayList<>();
  private final Map<Long, Record> open = new HashMap<>();
  private long used;

  private static final class Record {
    final long address;
    final int length;
    boolean submitted;

    Record(long address, int length) {
      this.address = address;
      this.length = length;
    }
  }

  RingModel(Memory memory, long size) {
    this.memory = memory;
    this.size = size;
  }

  /** The address of a record, or 0 when the ring is full. */
  long reserve(int length) {
    long space = (length + HEADER + 7L) & ~7L;
    if (space > size || used + space > size - 1) {
      return 0;
    }
    used += space;
    Record record = new Record(memory.allocate(length), length);
    records.add(record);
    open.put(record.address, record);
    return record.address;
  }

  void finish(long address, boolean submit) {
    Record record = open.remove(address);
    if (record == null) {
      throw new Undefined("no open reservation");
    }
    record.submitted = submit;
  }

  boolean owns(long address) {
    return open.containsKey(address);
  }

  boolean hasOpenRecord() {
    return !open.isEmpty();
  }

  long query(long what) {
    return switch ((int) what) {
      case 0 -> used; // BPF_RB_AVAIL_DATA: nobody reads
      case 1 -> size;
      case 2 -> 0;
      case 3 -> used;
      default -> 0;
    };
  }

  /** Submitted records in hex, in order of reservation. */
  List<String> submitted() {
    return records.stream()
        .filter(r -> r.submitted)
        .map(r -> HexFormat.of().formatHex(memory.read(r.address, r.length)))
        .toList();
  }
}
