package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.Expr;
import com.microsoft.z3.Sort;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.proof.Addresses.Place;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helper.Trait;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.table.Parameter;
import dev.whistler.compiler.table.Parameter.Access;
import dev.whistler.compiler.type.Region;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What calls see and change. Their results are words of which nothing is known but that equal calls
 * after equal events have equal ones. Look-ups in maps are no events: they depend on the key and on
 * what was done to maps before.
 */
final class Calls {
  /** Bytes of a key that is not the routine's own memory, of which the size is not known. */
  private static final int KEY_BYTES = 8;

  /** Bytes that a helper may write where nobody says how many. */
  private static final long MOST_WRITTEN = 1L << 16;

  private final Terms terms;
  private final Addresses addresses;

  Calls(Terms terms, Addresses addresses) {
    this.terms = terms;
    this.addresses = addresses;
  }

  /** The address that a look-up finds. */
  BitVecExpr lookup(State state, List<BitVecExpr> arguments, boolean permanent) {
    Expr<BitVecSort> key = own(state, arguments.get(1), -1);
    if (key == null) {
      key = state.memory.bytes(arguments.get(1), KEY_BYTES);
    }
    Sort[] sorts = {arguments.get(0).getSort(), key.getSort()};
    String name = "lookup " + (permanent ? 0 : state.maps) + " of " + key.getSort().getSize();
    BitVecExpr found =
        Terms.simple(
            terms.z3.mkApp(
                terms.z3.mkFuncDecl(name, sorts, terms.z3.mkBitVecSort(Long.SIZE)),
                arguments.get(0),
                key));
    addresses.own(found, new Owner(Region.MAP_VALUE, -1, found, 0));
    return found;
  }

  /** Calls a helper that is no look-up. */
  BitVecExpr helper(State state, Helper helper, List<BitVecExpr> arguments, boolean context) {
    int index = state.events.size();
    List<Expr<BitVecSort>> words = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      see(state, helper, arguments, i, words);
    }
    state.events.add(new Event("call " + helper.name(), words));
    boolean callsBack = helper.parameters().stream().anyMatch(Parameter.Callback.class::isInstance);
    if (callsBack) {
      touchAll(state, arguments);
      return result(index);
    }
    Set<Region> touched = EnumSet.noneOf(Region.class);
    if (!helper.has(Trait.OBSERVES)) {
      touched.addAll(Set.of(Region.MAP_VALUE, Region.GLOBAL, Region.KERNEL));
      state.maps++;
    }
    if (!helper.has(Trait.KEEPS_CONTEXT) && (context || takesContext(helper))) {
      touched.addAll(Set.of(Region.PACKET, Region.CONTEXT));
      state.contexts++;
    }
    if (!touched.isEmpty()) {
      state.memory = state.memory.touched("touched " + index, touched, Set.of());
    }
    for (int i = 0; i < arguments.size(); i++) {
      write(state, helper, arguments, i, index);
    }
    return result(index);
  }

  /** Calls another routine of the unit. */
  BitVecExpr routine(State state, Operation.CallRoutine call, List<BitVecExpr> arguments) {
    int index = state.events.size();
    List<Expr<BitVecSort>> words = new ArrayList<>();
    for (BitVecExpr argument : arguments) {
      words.add(argument);
      addOwn(state, argument, words);
    }
    state.events.add(new Event("call " + call.symbol(), words));
    touchAll(state, arguments);
    return result(index);
  }

  private BitVecExpr result(int index) {
    return terms.unknown("result " + index);
  }

  private static boolean takesContext(Helper helper) {
    return !helper.has(Trait.READS_KERNEL)
        && helper.parameters().stream()
            .anyMatch(
                p ->
                    p instanceof Parameter.Context
                        || p instanceof Parameter.KernelObject object && object.orContext());
  }

  /** Code of the unit may write whatever it finds an address of. */
  private void touchAll(State state, List<BitVecExpr> arguments) {
    for (BitVecExpr argument : arguments) {
      Owner owner = addresses.owner(argument);
      if (owner != null && owner.isOwn()) {
        state.given.add(owner);
      }
    }
    state.maps++;
    state.contexts++;
    state.memory =
        state.memory.touched(
            "touched " + state.events.size(), EnumSet.allOf(Region.class), Set.copyOf(state.given));
  }

  private static @Nullable Long size(
      Helper helper, List<BitVecExpr> arguments, Parameter.@Nullable Size size) {
    return switch (size) {
      case Parameter.Size.Fixed fixed -> (long) fixed.bytes();
      case Parameter.Size.Argument(int at)
          when at < arguments.size() && Terms.isNumber(arguments.get(at)) ->
          Terms.number(arguments.get(at));
      case null, default -> null;
    };
  }

  /** Notes what a helper sees of an argument: the word, and memory of the routine's own. */
  private void see(
      State state,
      Helper helper,
      List<BitVecExpr> arguments,
      int index,
      List<Expr<BitVecSort>> words) {
    BitVecExpr argument = arguments.get(index);
    Parameter parameter = helper.parameter(index);
    boolean onlyRead =
        parameter instanceof Parameter.Key
            || parameter instanceof Parameter.ValueOf
            || parameter instanceof Parameter.Text
            || parameter instanceof Parameter.Memory memory && memory.access() == Access.READ;
    Owner owner = addresses.owner(argument);
    // Where a key lies is nobody's business.
    if (!(onlyRead && owner != null && owner.isOwn() && owner.region() == Region.STACK)) {
      words.add(argument);
    }
    boolean seen =
        switch (parameter) {
          case Parameter.Memory memory -> memory.access() != Access.WRITE;
          case Parameter.ValueBytes _, Parameter.MapOf _, Parameter.Context _ -> false;
          case Parameter.Reservation _ -> helper.is(Helpers.RINGBUF_SUBMIT);
          case null, default -> true;
        };
    if (seen) {
      Long size =
          parameter instanceof Parameter.Memory memory
              ? size(helper, arguments, memory.size())
              : null;
      Expr<BitVecSort> content =
          own(state, argument, size == null ? -1 : (int) Math.min(size, Short.MAX_VALUE));
      if (content != null) {
        words.add(content);
      }
    }
  }

  private void addOwn(State state, BitVecExpr address, List<Expr<BitVecSort>> words) {
    Expr<BitVecSort> content = own(state, address, -1);
    if (content != null) {
      words.add(content);
    }
  }

  /**
   * The content of the routine's own memory from an address on; null if it is not that.
   *
   * @param most bytes, or -1 for all that there are
   */
  private @Nullable Expr<BitVecSort> own(State state, BitVecExpr address, int most) {
    Owner owner = addresses.owner(address);
    if (owner == null || !owner.isOwn()) {
      return null;
    }
    Place place = addresses.place(address);
    boolean placed = place.base().equals(owner.start()) && place.distance() >= 0;
    int from = placed ? (int) Math.min(place.distance(), owner.size()) : 0;
    int rest = owner.size() - from;
    int count = placed && most >= 0 ? Math.min(most, rest) : rest;
    return count <= 0 ? null : state.memory.bytes(terms.plus(owner.start(), from), count);
  }

  private void write(State state, Helper helper, List<BitVecExpr> arguments, int index, int event) {
    BitVecExpr length =
        switch (helper.parameter(index)) {
          case Parameter.Memory memory when memory.access() != Access.READ ->
              switch (memory.size()) {
                case Parameter.Size.Fixed fixed -> terms.word(fixed.bytes());
                case Parameter.Size.Argument(int at) when at < arguments.size() ->
                    arguments.get(at);
                default -> rest(arguments.get(index));
              };
          case Parameter.ValueBytes _ -> rest(arguments.get(index));
          case null, default -> null;
        };
    if (length != null) {
      state.memory =
          state.memory.written(
              "written %d by %d".formatted(index, event),
              arguments.get(index),
              length,
              helper.has(Trait.FILLS));
    }
  }

  private BitVecExpr rest(BitVecExpr address) {
    Owner owner = addresses.owner(address);
    Place place = addresses.place(address);
    return owner != null && owner.isOwn() && place.base().equals(owner.start())
        ? terms.word(owner.size() - place.distance())
        : terms.word(MOST_WRITTEN);
  }
}
