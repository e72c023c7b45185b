package dev.whistler.compiler.reference;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.compiler.form.TypedUnit;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Runs a compiled object's first program once in the running kernel. */
final class KernelExecution {
  private KernelExecution() {}

  static Outcome run(TypedUnit unit, byte[] object, byte[] packet) {
    try (LoadedObject loaded = BpfObject.open(object).load()) {
      TestRun.Result result =
          loaded.program(unit.programs().getFirst().symbol()).testRun(TestRun.packet(packet));
      SortedMap<String, SortedMap<String, String>> maps = new TreeMap<>();
      SortedMap<String, List<String>> records = new TreeMap<>();
      for (MapDefinition map : unit.maps()) {
        BpfMap kernel = loaded.map(map.symbol());
        if (map.type() == MapType.RINGBUF) {
          records.put(map.name(), records(kernel));
        } else if (map.type() != MapType.PROG_ARRAY) {
          maps.put(map.name(), contents(map, kernel));
        }
      }
      return new Outcome(
          result.returnValue(), maps, records, HexFormat.of().formatHex(result.data()));
    }
  }

  private static List<String> records(BpfMap map) {
    List<String> records = new ArrayList<>();
    try (RingBufferReader reader = RingBufferReader.open(map)) {
      reader.consume(r -> records.add(HexFormat.of().formatHex(r.bytes())), 10_000);
    }
    return records;
  }

  private static SortedMap<String, String> contents(MapDefinition map, BpfMap kernel) {
    boolean array = map.type() == MapType.ARRAY || map.type() == MapType.PERCPU_ARRAY;
    SortedMap<String, String> contents = new TreeMap<>();
    kernel.forEach(
        (key, value) -> {
          String text = HexFormat.of().formatHex(onOneCpu(map, kernel, value));
          if (!array || !text.chars().allMatch(c -> c == '0')) {
            contents.put(HexFormat.of().formatHex(key), text);
          }
        });
    return contents;
  }

  /** One run touches the values of one CPU; those of the others are zero. */
  private static byte[] onOneCpu(MapDefinition map, BpfMap kernel, byte[] value) {
    if (!map.type().perCpu()) {
      return value;
    }
    byte[] merged = new byte[map.value().size()];
    for (byte[] one : kernel.perCpu(value)) {
      for (int i = 0; i < merged.length; i++) {
        merged[i] |= one[i];
      }
    }
    return merged;
  }
}
