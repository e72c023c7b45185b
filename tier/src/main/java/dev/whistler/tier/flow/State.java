package dev.whistler.tier.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Registers and stack slots at one place of a function, with the stack frames of its callers.
 * Frames are shared between states until one of them writes.
 */
final class State {
  static final int REGISTERS = 11;
  static final int STACK_BYTES = 512; // MAX_BPF_STACK
  private static final int SLOT_BYTES = 8;
  private static final int SLOTS = STACK_BYTES / SLOT_BYTES;

  /** What lies in a frame before anything was written: to the verifier some number. */
  private static final Value[] FRESH = new Value[SLOTS];

  static {
    Arrays.fill(FRESH, Value.SOME_NUMBER);
  }

  private final Value[] registers;
  private final List<Value[]> frames;

  private State(Value[] registers, List<Value[]> frames) {
    this.registers = registers;
    this.frames = frames;
  }

  /** At the start of a program. */
  static State ofProgram() {
    State state = new State(new Value[REGISTERS], new ArrayList<>());
    state.enter();
    state.registers[1] = Value.context(0);
    return state;
  }

  /** At the start of a function that is called here, with the first five registers as they are. */
  State called() {
    State state = copy();
    state.enter();
    System.arraycopy(registers, 1, state.registers, 1, 5);
    return state;
  }

  /** At the start of a function that a timer calls: of its map, a key and a value. */
  static State ofTimer() {
    State state = ofProgram();
    state.registers[1] = Value.UNKNOWN;
    state.registers[2] = Value.of(Origin.KERNEL);
    state.registers[3] = Value.of(Origin.MAP_VALUE);
    return state;
  }

  private void enter() {
    Arrays.fill(registers, Value.UNKNOWN);
    registers[10] = Value.stack(frames.size(), 0);
    frames.add(FRESH);
  }

  State copy() {
    return new State(registers.clone(), new ArrayList<>(frames));
  }

  /** How much work it is to join another state with this one, in instructions. */
  int distance(State other) {
    int different = 1;
    for (int f = 0; f < frames.size(); f++) {
      different += frames.get(f) == other.frames.get(f) ? 0 : 8;
    }
    return different;
  }

  int depth() {
    return frames.size();
  }

  Value get(int register) {
    return registers[register];
  }

  void set(int register, Value value) {
    registers[register] = value;
  }

  /** Takes over what a function that was called from here has left in the frames. */
  void returned(State exit) {
    for (int i = 0; i < frames.size(); i++) {
      frames.set(i, exit.frames.get(i));
    }
  }

  /**
   * Takes in what another state, at the same place, knows.
   *
   * @return whether this changed
   */
  boolean join(State other) {
    boolean changed = false;
    for (int i = 0; i < REGISTERS; i++) {
      Value joined = registers[i].join(other.registers[i]);
      changed |= !joined.equals(registers[i]);
      registers[i] = joined;
    }
    return joinFrames(other) | changed;
  }

  /** As {@link #join}, of the frames that both have. */
  boolean joinFrames(State other) {
    boolean changed = false;
    for (int f = 0; f < frames.size(); f++) {
      Value[] mine = frames.get(f);
      Value[] others = other.frames.get(f);
      if (mine == others) {
        continue;
      }
      Value[] joined = null;
      for (int i = 0; i < SLOTS; i++) {
        Value value = mine[i].join(others[i]);
        if (!value.equals(mine[i])) {
          if (joined == null) {
            joined = mine.clone();
          }
          joined[i] = value;
        }
      }
      if (joined != null) {
        frames.set(f, joined);
        changed = true;
      }
    }
    return changed;
  }

  boolean isEqual(State other) {
    if (!Arrays.equals(registers, other.registers) || frames.size() != other.frames.size()) {
      return false;
    }
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i) != other.frames.get(i)
          && !Arrays.equals(frames.get(i), other.frames.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** What is loaded from the stack. */
  Value load(Value address, int offset, int bytes) {
    int at = address.low() + offset;
    if (!isPlace(address) || !inStack(at, bytes)) {
      // The verifier takes what it finds at a place that varies for a number.
      return Value.SOME_NUMBER;
    }
    Value[] frame = frames.get(address.high());
    int first = slot(at);
    if (bytes == SLOT_BYTES && at % SLOT_BYTES == 0) {
      return frame[first];
    }
    Value value = frame[first].mixed(frame[slot(at + bytes - 1)]);
    // A part of a constant that is nothing but zeros or ones is not followed further.
    return Value.of(value.origins());
  }

  /** A store to the stack. */
  void store(Value address, int offset, int bytes, Value value) {
    int at = address.low() + offset;
    if (isPlace(address) && inStack(at, bytes)) {
      if (bytes == SLOT_BYTES && at % SLOT_BYTES == 0) {
        Value[] frame = writable(address.high());
        frame[slot(at)] = value;
      } else {
        mix(address.high(), at, at + bytes, value);
      }
    } else {
      blur(address, value);
    }
  }

  /** A helper's write of so many bytes, or as many as there are if negative. */
  void overwrite(Value address, int bytes) {
    int at = address.low();
    if (!isPlace(address) || at < -STACK_BYTES || at >= 0) {
      blur(address, Value.SOME_NUMBER);
      return;
    }
    int end = bytes < 0 ? 0 : (int) Math.min(0, (long) at + bytes);
    if (bytes < 0) {
      for (int slot = slot(at); slot < SLOTS; slot++) {
        forget(writable(address.high()), slot, Value.SOME_NUMBER);
      }
    } else {
      Value[] frame = writable(address.high());
      for (int place = at; place < end; place++) {
        boolean whole = place % SLOT_BYTES == 0 && place + SLOT_BYTES <= end;
        int slot = slot(place);
        frame[slot] = whole ? Value.SOME_NUMBER : frame[slot].mixed(Value.SOME_NUMBER);
        place += whole ? SLOT_BYTES - 1 : 0;
      }
    }
  }

  private void mix(int frame, int from, int to, Value value) {
    Value[] slots = writable(frame);
    for (int slot = slot(from); slot <= slot(to - 1); slot++) {
      slots[slot] = slots[slot].mixed(value);
    }
  }

  /** Writes a value somewhere in a frame, or in all. */
  private void blur(Value address, Value value) {
    int only = address.frame() < frames.size() ? address.frame() : -1;
    for (int f = 0; f < frames.size(); f++) {
      if (only < 0 || only == f) {
        Value[] frame = writable(f);
        for (int slot = 0; slot < SLOTS; slot++) {
          forget(frame, slot, value);
        }
      }
    }
  }

  /** A store to a place that nobody knows before the object is loaded. */
  void storeAnywhere(Value value) {
    for (int f = 0; f < frames.size(); f++) {
      mix(f, -STACK_BYTES, 0, value);
    }
  }

  /**
   * A slot that perhaps holds another value from now on. An address that is overwritten by a number
   * is a number to the verifier, which lets nobody write through it; so it may stay what it was,
   * and programs with an array beside their spilled registers keep these.
   */
  private static void forget(Value[] frame, int slot, Value value) {
    Value old = frame[slot];
    boolean spilled = !Origin.isPlain(old.origins());
    boolean number = (value.origins() & ~(Origin.NULL | Origin.NUMBER | Origin.FIELD)) == 0;
    if (!spilled || !number) {
      frame[slot] = old.mixed(value);
    }
  }

  private Value[] writable(int frame) {
    Value[] copy = frames.get(frame).clone();
    frames.set(frame, copy);
    return copy;
  }

  /** Whether it says a place in a frame that is still there. */
  private boolean isPlace(Value address) {
    return address.known() == Value.Known.STACK_PLACE && address.high() < frames.size();
  }

  private static boolean inStack(int at, int bytes) {
    return at >= -STACK_BYTES && at + bytes <= 0;
  }

  private static int slot(int at) {
    return (at + STACK_BYTES) / SLOT_BYTES;
  }
}
