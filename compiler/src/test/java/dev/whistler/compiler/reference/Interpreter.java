package dev.whistler.compiler.reference;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField.FieldType;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Interprets typed trees as sections 4 to 11 read, for programs of type xdp on one CPU. */
final class Interpreter {
  private static final int MAX_STEPS = 4_000_000;
  private static final long FAULT = -14;
  private static final long TOO_BIG = -7;

  /** BPF_MAX_LOOPS, include/linux/bpf.h. */
  private static final long MOST_ROUNDS = 8_388_608;

  private final TypedUnit unit;
  private final Memory memory = new Memory();
  private final Map<String, MapModel> maps = new HashMap<>();
  private final Map<String, RingModel> rings = new HashMap<>();
  private final Map<Local, Long> values = new IdentityHashMap<>();
  private final Map<Local, Long> addresses = new IdentityHashMap<>();
  private final Map<Expr.StackBlock, Long> blocks = new IdentityHashMap<>();
  private final Map<Global, Long> globals = new HashMap<>();
  private final byte[] packet;
  private final long packetAddress;
  private final long contextAddress;
  private final int statisticsEntries;
  private int steps;

  /** Ends a program or function. */
  private static final class Exit extends RuntimeException {
    private static final long serialVersionUID = 1;
    final long value;

    Exit(long value) {
      super(null, null, false, false);
      this.value = value;
    }
  }

  /** Ends a kernel loop. */
  private static final class LoopEnd extends RuntimeException {
    private static final long serialVersionUID = 1;

    LoopEnd() {
      super(null, null, false, false);
    }
  }

  Interpreter(TypedUnit unit, byte[] packet) {
    this.unit = unit;
    this.packet = packet.clone();
    this.packetAddress = memory.adopt(this.packet);
    this.contextAddress = memory.allocate(0);
    int entries = 0;
    for (MapDefinition map : unit.maps()) {
      if (map.type() == MapType.RINGBUF) {
        rings.put(map.name(), new RingModel(memory, map.maxEntries()));
        entries++;
      } else if (map.type() != MapType.PROG_ARRAY) {
        maps.put(map.name(), new MapModel(memory, map));
      }
    }
    statisticsEntries = entries;
    for (Global global : unit.globals()) {
      long address = memory.allocate(global.size());
      if (global.initial() != 0) {
        memory.store(address, global.type().size(), global.initial());
      }
      globals.put(global, address);
    }
  }

  /** Runs a program once. */
  Outcome run(TypedProgram program) {
    long result;
    try {
      result = eval(program.body());
    } catch (Exit exit) {
      result = exit.value;
    }
    if (rings.values().stream().anyMatch(RingModel::hasOpenRecord)) {
      throw new IllegalStateException("the program ends with a reservation that is still live");
    }
    SortedMap<String, SortedMap<String, String>> contents = new TreeMap<>();
    maps.forEach((name, map) -> contents.put(name, map.contents()));
    SortedMap<String, List<String>> records = new TreeMap<>();
    rings.forEach((name, ring) -> records.put(name, ring.submitted()));
    SortedMap<String, String> changed = new TreeMap<>();
    globals.forEach(
        (global, address) -> {
          if (!global.constant()) {
            byte[] bytes = memory.read(address, global.size());
            changed.put(global.name(), HexFormat.of().formatHex(bytes));
          }
        });
    return new Outcome((int) result, contents, records, changed, HexFormat.of().formatHex(packet));
  }

  /** The natural alignment of a global in its section. */
  static int alignment(Global global) {
    return switch (global.type()) {
      case FieldType.Scalar scalar -> scalar.type().width();
      case FieldType.Nested nested -> nested.layout().align();
    };
  }

  private long eval(Expr expr) {
    if (++steps > MAX_STEPS) {
      throw new Undefined("runs too long");
    }
    return switch (expr) {
      case Expr.Constant e -> e.value();
      case Expr.Read e -> read(e.local());
      case Expr.Assign e -> assign(e.local(), eval(e.value()));
      case Expr.Let e -> {
        bind(e.local(), eval(e.init()));
        yield eval(e.body());
      }
      case Expr.Sequence e -> {
        long last = 0;
        for (Expr form : e.forms()) {
          last = eval(form);
        }
        yield last;
      }
      case Expr.If e -> eval(e.test()) != 0 ? eval(e.then()) : eval(e.otherwise());
      case Expr.Return e -> {
        long value = eval(e.value());
        e.before().forEach(this::eval);
        throw new Exit(value);
      }
      case Expr.Repeat e -> {
        for (long i = 0; i < e.count(); i++) {
          bind(e.index(), i);
          eval(e.body());
        }
        yield 0;
      }
      case Expr.KernelLoop e -> kernelLoop(e);
      case Expr.LoopExit e -> throw new LoopEnd();
      case Expr.Binary e -> binary(e.operator(), eval(e.left()), eval(e.right()));
      case Expr.Compare e -> compare(e.relation(), eval(e.left()), eval(e.right())) ? 1 : 0;
      case Expr.Convert e -> conv(e.type(), eval(e.operand()));
      case Expr.Retype e -> eval(e.operand());
      case Expr.SwapBytes e -> swap(e.type().width(), eval(e.operand()));
      case Expr.Below e -> {
        long index = eval(e.index());
        if (Long.compareUnsigned(index, e.limit()) >= 0) {
          throw new IllegalStateException("the index " + index + " is not below " + e.limit());
        }
        yield index;
      }
      case Expr.Log2 e -> {
        long value = eval(e.operand());
        yield value == 0 ? 0 : 63 - Long.numberOfLeadingZeros(value);
      }
      case Expr.Load e ->
          conv(e.scalar(), memory.load(eval(e.pointer()) + e.displacement(), e.scalar().width()));
      case Expr.Store e -> {
        long address = eval(e.pointer()) + e.displacement();
        memory.store(address, e.scalar().width(), eval(e.value()));
        yield 0;
      }
      case Expr.Fill e -> {
        long address = eval(e.pointer()) + e.displacement();
        long value = eval(e.value());
        for (int i = 0; i < e.length(); i++) {
          memory.store(address + i, 1, value);
        }
        yield 0;
      }
      case Expr.Copy e -> {
        long target = eval(e.target()) + e.targetDisplacement();
        long source = eval(e.source()) + e.sourceDisplacement();
        memory.write(target, memory.read(source, e.length()));
        yield 0;
      }
      case Expr.AtomicAdd e -> {
        long address = eval(e.pointer()) + e.displacement();
        int width = e.scalar().width();
        long added = eval(e.value());
        long before = memory.load(address, width);
        memory.store(address, width, before + added);
        yield e.fetch() ? conv(e.scalar(), before) : 0;
      }
      case Expr.StackBlock e -> {
        long address = blocks.computeIfAbsent(e, b -> memory.allocate(b.type().size()));
        memory.write(address, new byte[e.type().size()]);
        yield address;
      }
      case Expr.AddressOf e -> addressOf(e.local());
      case Expr.GlobalAddress e -> globals.get(e.global());
      case Expr.ProbeRead e -> {
        eval(e.address());
        yield 0; // Programs under test only try unreadable addresses.
      }
      case Expr.ContextPointer e -> contextAddress;
      case Expr.ContextLoad e -> context(e);
      case Expr.ContextStore e -> throw new Undefined("xdp contexts are read-only");
      case Expr.MapLookup e -> map(e.map()).lookup(slot(e.key(), e.map().key().size()));
      case Expr.MapUpdate e -> {
        byte[] key = slot(e.key(), e.map().key().size());
        byte[] value = slot(e.value(), e.map().value().size());
        yield map(e.map()).update(key, value, eval(e.flags()));
      }
      case Expr.MapDelete e -> map(e.map()).delete(slot(e.key(), e.map().key().size()));
      case Expr.Call e -> call(e);
      case Expr.CallFunction e -> {
        List<Local> parameters = e.function().parameters();
        long[] arguments = e.arguments().stream().mapToLong(this::eval).toArray();
        for (int i = 0; i < arguments.length; i++) {
          bind(parameters.get(i), arguments[i]);
        }
        try {
          yield eval(e.function().body());
        } catch (Exit exit) {
          yield exit.value;
        }
      }
      case Expr.Count e -> {
        long entry = e.ringIndex() < statisticsEntries ? statistics(e) : 0;
        if (entry != 0) {
          long at = entry + (e.counter() == Expr.Counter.PRODUCED ? 0 : 8);
          memory.store(at, 8, memory.load(at, 8) + 1);
        }
        yield 0;
      }
    };
  }

  private long statistics(Expr.Count count) {
    byte[] key = new byte[4];
    key[0] = (byte) count.ringIndex();
    return map(count.statistics()).lookup(key);
  }

  // -- Variables -----------------------------------------------------------------------------

  private long addressOf(Local local) {
    return addresses.computeIfAbsent(local, l -> memory.allocate(l.memoryWidth()));
  }

  private void bind(Local local, long value) {
    if (local.inMemory()) {
      memory.store(addressOf(local), local.memoryWidth(), value);
    } else {
      values.put(local, value);
    }
  }

  private long assign(Local local, long value) {
    bind(local, value);
    return value;
  }

  private long read(Local local) {
    if (local.inMemory()) {
      long stored = memory.load(addressOf(local), local.memoryWidth());
      ScalarType declared = local.declared();
      return declared == null ? stored : conv(declared, stored);
    }
    Long value = values.get(local);
    if (value == null) {
      throw new IllegalStateException("unbound variable " + local);
    }
    return value;
  }

  // -- Words ---------------------------------------------------------------------------------

  private static long conv(ScalarType type, long value) {
    return switch (type) {
      case U8 -> value & 0xffL;
      case U16 -> value & 0xffffL;
      case U32 -> value & 0xffffffffL;
      case I8 -> (byte) value;
      case I16 -> (short) value;
      case I32 -> (int) value;
      case U64, I64 -> value;
    };
  }

  private static long swap(int width, long value) {
    long swapped = 0;
    for (int i = 0; i < width; i++) {
      swapped = swapped << 8 | value >>> 8 * i & 0xff;
    }
    return swapped;
  }

  private static long binary(Expr.Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> b == 0 ? 0 : Long.divideUnsigned(a, b);
      case MODULO -> b == 0 ? a : Long.remainderUnsigned(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_LEFT -> a << (b & 63);
      case SHIFT_RIGHT -> a >>> (b & 63);
      case SHIFT_RIGHT_SIGNED -> a >> (b & 63);
    };
  }

  private static boolean compare(Expr.Relation relation, long a, long b) {
    int unsigned = Long.compareUnsigned(a, b);
    return switch (relation) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> unsigned < 0;
      case LESS_EQUAL -> unsigned <= 0;
      case GREATER -> unsigned > 0;
      case GREATER_EQUAL -> unsigned >= 0;
      case SIGNED_LESS -> a < b;
      case SIGNED_LESS_EQUAL -> a <= b;
      case SIGNED_GREATER -> a > b;
      case SIGNED_GREATER_EQUAL -> a >= b;
    };
  }

  // -- Context, maps, helpers ----------------------------------------------------------------

  private long context(Expr.ContextLoad load) {
    if (load.type() instanceof PointerType) {
      return switch (load.offset()) {
        case 0, 8 -> packetAddress;
        case 4 -> packetAddress + packet.length;
        default -> throw new Undefined("no pointer at context offset " + load.offset());
      };
    }
    return switch (load.offset()) {
      case 12 -> 1; // a test run enters through the loopback device
      case 16, 20 -> 0;
      default -> throw new Undefined("context offset " + load.offset());
    };
  }

  private MapModel map(MapDefinition map) {
    MapModel model = maps.get(map.name());
    if (model == null) {
      throw new Undefined("no model of map " + map.name());
    }
    return model;
  }

  private byte[] slot(Expr.Slot slot, int size) {
    return switch (slot) {
      case Expr.Slot.ByAddress s -> memory.read(eval(s.pointer()), size);
      case Expr.Slot.ByValue s -> {
        long value = eval(s.value());
        byte[] bytes = new byte[size];
        for (int i = 0; i < Math.min(size, 8); i++) {
          bytes[i] = (byte) (value >>> 8 * i);
        }
        yield bytes;
      }
    };
  }

  private long kernelLoop(Expr.KernelLoop loop) {
    long count = eval(loop.count());
    if (Long.compareUnsigned(count, 0xffff_ffffL) > 0) {
      throw new Undefined("more iterations than bpf-loop can be asked for");
    }
    if (count > MOST_ROUNDS) {
      return TOO_BIG;
    }
    for (long i = 0; i < count; i++) {
      bind(loop.index(), i);
      try {
        eval(loop.body());
      } catch (LoopEnd end) {
        return i + 1;
      }
    }
    return count;
  }

  private RingModel ring(Expr.Argument argument) {
    if (argument instanceof Expr.Argument.Map map) {
      RingModel ring = rings.get(map.map().name());
      if (ring != null) {
        return ring;
      }
    }
    throw new Undefined("no ring buffer");
  }

  private long value(Expr.Argument argument) {
    return switch (argument) {
      case Expr.Argument.Value value -> eval(value.value());
      default -> throw new Undefined("argument " + argument);
    };
  }

  private long call(Expr.Call call) {
    List<Expr.Argument> arguments = call.arguments();
    return switch (call.helper().name()) {
      case "ringbuf-reserve" -> {
        long size = value(arguments.get(1));
        value(arguments.get(2));
        yield ring(arguments.getFirst()).reserve((int) size);
      }
      case "ringbuf-submit", "ringbuf-discard" -> {
        long address = value(arguments.getFirst());
        value(arguments.get(1));
        RingModel ring =
            rings.values().stream()
                .filter(r -> r.owns(address))
                .findFirst()
                .orElseThrow(() -> new Undefined("no open reservation"));
        ring.finish(address, call.helper().name().equals("ringbuf-submit"));
        yield 0;
      }
      case "ringbuf-output" -> {
        long source = value(arguments.get(1));
        int size = (int) value(arguments.get(2));
        value(arguments.get(3));
        RingModel ring = ring(arguments.getFirst());
        byte[] bytes = memory.read(source, size);
        long address = ring.reserve(size);
        if (address == 0) {
          yield -11; // EAGAIN
        }
        memory.write(address, bytes);
        ring.finish(address, true);
        yield 0;
      }
      case "ringbuf-query" -> ring(arguments.getFirst()).query(value(arguments.get(1)));
      case "probe-read-kernel", "probe-read-user" -> {
        long target = value(arguments.getFirst());
        int size = (int) value(arguments.get(1));
        value(arguments.get(2));
        memory.write(target, new byte[size]);
        yield FAULT;
      }
      case "tail-call" -> {
        value(arguments.getLast());
        yield 0; // the program array is empty
      }
      default -> throw new Undefined("helper " + call.helper().name());
    };
  }

  TypedUnit unit() {
    return unit;
  }
}
