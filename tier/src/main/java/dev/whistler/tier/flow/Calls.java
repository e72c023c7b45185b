package dev.whistler.tier.flow;

import dev.whistler.tier.Tier;
import dev.whistler.tier.Violation.Kind;
import dev.whistler.tier.object.Function;
import dev.whistler.tier.object.MapType;
import dev.whistler.tier.table.HelperRule;
import dev.whistler.tier.table.HelperRule.Argument;
import dev.whistler.tier.table.MapRule;
import dev.whistler.tier.table.SectionRule;
import java.util.Optional;

/** Calls of helpers, and writes wherever they come from. */
final class Calls {
  // enum bpf_func_id, include/uapi/linux/bpf.h: helpers that call back, each in its own way
  private static final int FOR_EACH_MAP_ELEMENT = 164;
  private static final int TIMER_SET_CALLBACK = 170;
  private static final int FIND_VMA = 180;
  private static final int LOOP = 181;
  private static final int USER_RINGBUF_DRAIN = 209;

  private final Analysis analysis;
  private final Function function;
  private final SectionRule section;

  Calls(Analysis analysis, Function function, SectionRule section) {
    this.analysis = analysis;
    this.function = function;
    this.section = section;
  }

  private void report(Kind kind, int slot, String what) {
    analysis.report().add(kind, function, slot, what);
  }

  /** After any call the argument registers hold nothing. */
  void clobber(State state) {
    for (int register = 1; register <= 5; register++) {
      state.set(register, Value.UNKNOWN);
    }
  }

  /** What programs of the tier may write. */
  private int writable() {
    return analysis.tier() == Tier.OBSERVE
        ? Origin.OWN
        : Origin.OWN | Origin.PACKET | Origin.CONTEXT;
  }

  /** Reports a write through an address that is not certainly one that the tier may write. */
  void checkWrite(int slot, Value address, String what) {
    int origins = address.origins() & ~Origin.NULL;
    if (origins == 0 || (origins & ~writable()) != 0) {
      report(Kind.STORE, slot, what + " to " + Origin.text(address.origins(), writable()));
    }
  }

  void helper(int slot, int id, State state) {
    Optional<HelperRule> found = HelperRule.of(id);
    if (found.isEmpty() || !analysis.tier().allows(found.get().tier())) {
      report(
          Kind.HELPER,
          slot,
          "the helper " + found.map(HelperRule::name).orElse("of the number " + id));
      clobber(state);
      state.set(0, Value.UNKNOWN);
      return;
    }
    HelperRule helper = found.get();
    for (int i = 0; i < helper.arguments().size(); i++) {
      argument(slot, helper, i + 1, state);
    }
    Value result = result(helper, state);
    if (helper.arguments().stream().anyMatch(Argument.Callback.class::isInstance)) {
      callback(slot, helper, state);
    }
    clobber(state);
    state.set(0, result);
  }

  private void argument(int slot, HelperRule helper, int register, State state) {
    Value value = state.get(register);
    switch (helper.arguments().get(register - 1)) {
      case Argument.Other _, Argument.Callback _ -> {}
      case Argument.OfMap(boolean changed) -> map(slot, helper, value, changed);
      case Argument.Written _ -> written(slot, helper, value, -1, state);
      case Argument.WrittenBytes(int bytes) -> written(slot, helper, value, bytes, state);
      case Argument.WrittenBuffer(int size) -> {
        Value bytes = state.get(size);
        boolean known =
            bytes.isNumber() && bytes.detail() >= 0 && bytes.detail() <= State.STACK_BYTES;
        written(slot, helper, value, known ? (int) bytes.detail() : -1, state);
      }
    }
  }

  private void written(int slot, HelperRule helper, Value address, int bytes, State state) {
    if (address.origins() == Origin.NULL) {
      return; // an argument that is left out
    }
    checkWrite(slot, address, "a write of the helper " + helper.name());
    if ((address.origins() & Origin.STACK) != 0) {
      state.overwrite(address, bytes);
    }
  }

  private void map(int slot, HelperRule helper, Value value, boolean changed) {
    boolean map = (value.origins() & ~Origin.NULL) == Origin.MAP;
    for (int type : value.mapTypes()) {
      Optional<MapRule> rule = map ? MapRule.of(type) : Optional.empty();
      if (rule.isEmpty()) {
        report(Kind.HELPER, slot, "the helper " + helper.name() + " on a map of an unknown type");
      } else if (!analysis.tier().allows(changed ? rule.get().changeTier() : rule.get().tier())) {
        report(
            Kind.HELPER,
            slot,
            "the helper " + helper.name() + " on a map of the type " + rule.get().name());
      }
    }
  }

  private Value result(HelperRule helper, State state) {
    return switch (helper.result()) {
      case NUMBER -> Value.SOME_NUMBER;
      case MAP_VALUE -> Value.of(Origin.MAP_VALUE | Origin.NULL);
      case RECORD -> Value.of(Origin.RECORD | Origin.NULL);
      case KERNEL -> Value.of(Origin.KERNEL | Origin.NULL);
      case ELEMENT -> element(state.get(1));
    };
  }

  private static Value element(Value map) {
    Value found = Value.ZERO;
    for (int type : map.mapTypes()) {
      found = found.join(MapRule.of(type).map(rule -> element(rule, map)).orElse(Value.UNKNOWN));
    }
    return found;
  }

  private static Value element(MapRule rule, Value map) {
    return switch (rule.element()) {
      case MAP_VALUE -> Value.of(Origin.MAP_VALUE);
      case KERNEL -> Value.of(Origin.KERNEL);
      case MAP -> Value.map(map.innerType(), MapType.UNKNOWN);
    };
  }

  /** Interprets the function that a helper calls, as often as it might. */
  private void callback(int slot, HelperRule helper, State state) {
    int at = helper.arguments().indexOf(new Argument.Callback()) + 1;
    Value called = state.get(at);
    if (called.origins() != Origin.FUNCTION || called.known() != Value.Known.FUNCTION) {
      report(
          Kind.HELPER,
          slot,
          "the helper " + helper.name() + " with a function that cannot be told");
      return;
    }
    if (helper.id() == TIMER_SET_CALLBACK) {
      analysis.addTimer(called.low());
      return;
    }
    boolean again;
    do {
      State entry = state.called();
      arguments(helper, state, entry);
      State exit = analysis.call(called.low(), entry, section);
      again = exit != null && state.joinFrames(exit);
    } while (again);
  }

  /** The arguments with which the kernel calls back (set_..._callback_state, verifier.c). */
  private static void arguments(HelperRule helper, State state, State entry) {
    Value mapOrUnknown = state.get(1);
    for (int register = 1; register <= 5; register++) {
      entry.set(register, Value.UNKNOWN);
    }
    switch (helper.id()) {
      case LOOP -> {
        entry.set(1, Value.SOME_NUMBER);
        entry.set(2, state.get(3));
      }
      case FOR_EACH_MAP_ELEMENT -> {
        entry.set(1, mapOrUnknown);
        entry.set(2, Value.of(Origin.KERNEL));
        entry.set(3, Value.of(Origin.MAP_VALUE));
        entry.set(4, state.get(3));
      }
      case FIND_VMA -> {
        entry.set(1, Value.of(Origin.KERNEL));
        entry.set(2, Value.of(Origin.KERNEL));
        entry.set(3, state.get(4));
      }
      case USER_RINGBUF_DRAIN -> {
        entry.set(1, Value.of(Origin.KERNEL));
        entry.set(2, state.get(3));
      }
      default -> {} // another helper that calls back gets nothing that may be written
    }
  }
}
