package dev.whistler.bpf.object;

import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.elf.ObjectFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins a program with the functions that it calls, directly or not, into the one piece of code
 * that the kernel takes: the program first, then each function once.
 */
public final class CodeLinker {
  private static final int SLOT_BYTES = 8;
  private static final int LOAD_64 = 0x18;
  private static final int CALL = 0x85;
  private static final int PSEUDO_MAP = 1;
  private static final int PSEUDO_MAP_VALUE = 2;
  private static final int PSEUDO_CALL = 1;
  private static final int PSEUDO_FUNCTION = 4;

  /** A helper that does not exist, as libbpf has it for weak functions (POISON_CALL_KFUNC_BASE). */
  private static final int ABSENT_FUNCTION = 2_002_000_000;

  private static final int MAXIMUM_SLOTS = 4_000_000;

  private final ObjectImage image;
  private final Map<Reference.Function, FunctionImage> byPlace = new HashMap<>();

  /** For one object. */
  public CodeLinker(ObjectImage image) {
    this.image = image;
    for (FunctionImage function : image.functions()) {
      byPlace.put(new Reference.Function(function.sectionIndex(), function.offset()), function);
    }
  }

  /**
   * Code ready but for the descriptors of maps.
   *
   * @param code instructions
   * @param patches slot → map or data that the immediate load there refers to
   * @param functionInfo struct bpf_func_info records; empty if some function is not described
   * @param lines source lines in the order of instructions
   * @param coreRelocations slot → dependence on the layout of a kernel type
   */
  public record Linked(
      byte[] code,
      Map<Integer, Reference> patches,
      byte[] functionInfo,
      List<Line> lines,
      Map<Integer, BtfExt.CoreRelocation> coreRelocations) {}

  /** A source line and the instruction slot of the linked code where it begins. */
  public record Line(int slot, BtfExt.LineInfo info) {}

  /**
   * Links one program.
   *
   * @throws ObjectFormatException if it refers to a function that is not there
   */
  public Linked link(FunctionImage program) {
    // The order of insertion is the order of placement; the list grows while it is walked.
    Map<FunctionImage, Integer> places = new IdentityHashMap<>();
    List<FunctionImage> order = new ArrayList<>();
    order.add(program);
    places.put(program, 0);
    int slots = program.code().length / SLOT_BYTES;
    for (int i = 0; i < order.size(); i++) {
      FunctionImage caller = order.get(i);
      for (FunctionImage callee : callees(caller).values()) {
        if (!places.containsKey(callee)) {
          places.put(callee, slots);
          order.add(callee);
          slots += callee.code().length / SLOT_BYTES;
          if (slots > MAXIMUM_SLOTS) {
            throw new ObjectFormatException(
                "program " + program.name() + " has more than 4 million instructions");
          }
        }
      }
    }
    ByteBuffer code = ByteBuffer.allocate(slots * SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, Reference> patches = new TreeMap<>();
    for (FunctionImage function : order) {
      code.put(function.code());
    }
    for (FunctionImage function : order) {
      place(function, places, code, patches);
    }
    return new Linked(
        code.array(),
        patches,
        functionInfo(order, places),
        lines(order, places),
        coreRelocations(order, places));
  }

  /** Slot in the caller → function, in the order of slots. */
  private Map<Integer, FunctionImage> callees(FunctionImage caller) {
    Map<Integer, FunctionImage> callees = new TreeMap<>();
    caller
        .references()
        .forEach(
            (slot, reference) -> {
              if (reference instanceof Reference.Function target) {
                callees.put(slot, function(caller, target));
              }
            });
    ByteBuffer code = ByteBuffer.wrap(caller.code()).order(ByteOrder.LITTLE_ENDIAN);
    for (int slot = 0; slot < caller.code().length / SLOT_BYTES; slot++) {
      // A call inside of one section needs no relocation.
      boolean absent = caller.references().get(slot) instanceof Reference.Absent;
      if (isLocalCall(code, slot) && !callees.containsKey(slot) && !absent) {
        int offset = caller.offset() + (slot + 1 + code.getInt(slot * SLOT_BYTES + 4)) * SLOT_BYTES;
        callees.put(slot, function(caller, new Reference.Function(caller.sectionIndex(), offset)));
      }
    }
    return callees;
  }

  private FunctionImage function(FunctionImage caller, Reference.Function target) {
    FunctionImage function = byPlace.get(target);
    if (function == null) {
      throw new ObjectFormatException(
          caller.name() + " refers to a function that the object does not hold");
    }
    return function;
  }

  private static boolean isLocalCall(ByteBuffer code, int slot) {
    return Byte.toUnsignedInt(code.get(slot * SLOT_BYTES)) == CALL
        && code.get(slot * SLOT_BYTES + 1) >> 4 == PSEUDO_CALL;
  }

  private void place(
      FunctionImage function,
      Map<FunctionImage, Integer> places,
      ByteBuffer code,
      Map<Integer, Reference> patches) {
    int base = place(places, function);
    callees(function)
        .forEach(
            (slot, callee) -> {
              int at = (base + slot) * SLOT_BYTES;
              boolean call = Byte.toUnsignedInt(code.get(at)) == CALL;
              setSource(code, at, call ? PSEUDO_CALL : PSEUDO_FUNCTION);
              code.putInt(at + 4, place(places, callee) - (base + slot) - 1);
            });
    function
        .references()
        .forEach(
            (slot, reference) -> {
              int at = (base + slot) * SLOT_BYTES;
              if (reference instanceof Reference.Absent) {
                boolean call = Byte.toUnsignedInt(code.get(at)) == CALL;
                setSource(code, at, 0);
                code.putInt(at + 4, call ? ABSENT_FUNCTION : 0);
              } else if (!(reference instanceof Reference.Function)) {
                boolean wide = at + 2 * SLOT_BYTES <= code.limit();
                if (!wide || Byte.toUnsignedInt(code.get(at)) != LOAD_64) {
                  throw new ObjectFormatException(
                      function.name()
                          + " refers to a map or data at instruction "
                          + slot
                          + ", which is no 64-bit load");
                }
                boolean map = reference instanceof Reference.Map;
                setSource(code, at, map ? PSEUDO_MAP : PSEUDO_MAP_VALUE);
                code.putInt(at + 4, 0);
                code.putInt(
                    at + SLOT_BYTES + 4,
                    reference instanceof Reference.Data data ? data.offset() : 0);
                patches.put(base + slot, reference);
              }
            });
  }

  private static void setSource(ByteBuffer code, int at, int source) {
    code.put(at + 1, (byte) (code.get(at + 1) & 0xf | source << 4));
  }

  private byte[] functionInfo(List<FunctionImage> order, Map<FunctionImage, Integer> places) {
    ByteBuffer info = ByteBuffer.allocate(order.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (FunctionImage function : order) {
      int type = 0;
      for (BtfExt.FunctionInfo candidate : image.lines().functions()) {
        if (candidate.offset() == function.offset()
            && candidate.section().equals(function.section())) {
          type = candidate.type();
        }
      }
      if (type == 0) {
        return new byte[0];
      }
      info.putInt(place(places, function)).putInt(type);
    }
    return info.array();
  }

  private List<Line> lines(List<FunctionImage> order, Map<FunctionImage, Integer> places) {
    List<Line> lines = new ArrayList<>();
    for (FunctionImage function : order) {
      int first = lines.size();
      int base = place(places, function);
      for (BtfExt.LineInfo line : image.lines().lines()) {
        if (contains(function, line.section(), line.offset())) {
          lines.add(new Line(base + (line.offset() - function.offset()) / SLOT_BYTES, line));
        }
      }
      boolean covered = lines.size() > first && lines.get(first).slot() == base;
      if (!covered) {
        // The kernel wants the first instruction of every function described, or no lines at all.
        return List.of();
      }
    }
    return lines;
  }

  private Map<Integer, BtfExt.CoreRelocation> coreRelocations(
      List<FunctionImage> order, Map<FunctionImage, Integer> places) {
    Map<Integer, BtfExt.CoreRelocation> relocations = new TreeMap<>();
    for (FunctionImage function : order) {
      int base = place(places, function);
      for (BtfExt.CoreRelocation relocation : image.lines().coreRelocations()) {
        if (contains(function, relocation.section(), relocation.offset())) {
          relocations.put(
              base + (relocation.offset() - function.offset()) / SLOT_BYTES, relocation);
        }
      }
    }
    return relocations;
  }

  private static int place(Map<FunctionImage, Integer> places, FunctionImage function) {
    Integer place = places.get(function);
    if (place == null) {
      throw new IllegalStateException(function.name() + " was not placed");
    }
    return place;
  }

  private static boolean contains(FunctionImage function, String section, int offset) {
    return section.equals(function.section())
        && offset >= function.offset()
        && offset < function.offset() + function.code().length;
  }
}
