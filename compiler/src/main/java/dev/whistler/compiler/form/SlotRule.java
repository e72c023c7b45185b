package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;

/** How a key or value operand reaches a map (section 10.3). */
final class SlotRule {
  private SlotRule() {}

  static Expr.Slot key(MapDefinition map, Datum operand, BodyAnalyzer body) {
    return slot(map.key(), body.value(operand), "key", body);
  }

  static Expr.Slot value(MapDefinition map, Datum operand, BodyAnalyzer body) {
    return slot(map.value(), body.value(operand), "value", body);
  }

  /** The slot of an operand after all checks. */
  static Expr.Slot slot(SlotType slot, Expr operand, String role, BodyAnalyzer body) {
    return operand.type() instanceof PointerType pointer && pointer.region() != Region.KERNEL
        ? pointerSlot(slot, pointer, operand, role, body)
        : scalarSlot(slot, operand, role, body);
  }

  /** The slot of an operand that was checked before. */
  static Expr.Slot slotOf(SlotType slot, Expr operand) {
    return operand.type() instanceof PointerType pointer && pointer.region() != Region.KERNEL
        ? new Expr.Slot.ByAddress(operand)
        : new Expr.Slot.ByValue(operand, slot.size());
  }

  private static Expr.Slot pointerSlot(
      SlotType slot, PointerType pointer, Expr operand, String role, BodyAnalyzer body) {
    Pointers.checked(operand, body);
    if (pointer.size() < 0) {
      if (slot.size() <= 8) {
        throw body.fail(
            Code.E_PTRVAL,
            operand.origin(),
            "a pointer to memory of unknown size cannot be a " + role + " of " + bytes(slot.size()),
            "load the value it points to, or use (cast u64 p) for the address itself");
      }
      return new Expr.Slot.ByAddress(operand);
    }
    if (pointer.size() != slot.size()) {
      throw body.fail(
          Code.E_SIZE,
          operand.origin(),
          "the "
              + role
              + " points to "
              + bytes(pointer.size())
              + ", but the map's "
              + role
              + " has "
              + bytes(slot.size()),
          "use a struct of the size of the " + role);
    }
    if (slot.layout() != null
        && pointer.layout() != null
        && !slot.layout().equals(pointer.layout())) {
      throw body.fail(
          Code.E_TYPE,
          operand.origin(),
          "the "
              + role
              + " is a "
              + pointer.layout().name()
              + ", but the map was declared with "
              + slot.layout().name());
    }
    return new Expr.Slot.ByAddress(operand);
  }

  private static Expr.Slot scalarSlot(SlotType slot, Expr operand, String role, BodyAnalyzer body) {
    if (operand instanceof Expr.Constant c) {
      if (!Words.fits(c.value(), slot.size())) {
        throw body.fail(
            Code.E_RANGE,
            operand.origin(),
            "the constant " + c.value() + " does not fit the " + role + " of " + bytes(slot.size()),
            null);
      }
      return new Expr.Slot.ByValue(operand, slot.size());
    }
    if (slot.layout() != null) {
      throw body.fail(
          Code.E_TYPE,
          operand.origin(),
          "the " + role + " is a number, but the map was declared with " + slot.layout().name(),
          "fill a (make-" + slot.layout().name() + ") and pass it");
    }
    if (operand.type() instanceof ScalarType scalar
        && scalar.width() > slot.size()
        && !body.range().fits(operand, slot.size())) {
      body.report(
          Code.W_TRUNC,
          operand.origin(),
          "a value of type "
              + scalar.text()
              + " may not fit the "
              + role
              + " of "
              + bytes(slot.size()),
          "cast it to a type of that width if the rest may be cut off");
    }
    return new Expr.Slot.ByValue(operand, slot.size());
  }

  /** An operand of the {@code -ptr} forms: an address whatever its type. */
  static Expr.Slot address(SlotType slot, Datum operand, String role, BodyAnalyzer body) {
    Expr pointer = Pointers.checked(body.value(operand), body);
    int size = Pointers.knownSize(pointer);
    if (size >= 0 && size != slot.size()) {
      throw body.fail(
          Code.E_SIZE,
          pointer.origin(),
          "the "
              + role
              + " points to "
              + bytes(size)
              + ", but the map's "
              + role
              + " has "
              + bytes(slot.size()));
    }
    return new Expr.Slot.ByAddress(pointer);
  }

  private static String bytes(int count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }
}
