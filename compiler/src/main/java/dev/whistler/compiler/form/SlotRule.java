package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.Message;
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
        throw body.fail(Message.SLOT_OF_UNKNOWN_SIZE, operand.origin(), role, slot.size());
      }
      return new Expr.Slot.ByAddress(operand);
    }
    if (pointer.size() != slot.size()) {
      throw body.fail(
          Message.SLOT_SIZE_MISMATCH, operand.origin(), role, pointer.size(), slot.size());
    }
    if (slot.layout() != null
        && pointer.layout() != null
        && !slot.layout().equals(pointer.layout())) {
      throw body.fail(
          Message.SLOT_STRUCT_MISMATCH,
          operand.origin(),
          role,
          pointer.layout().name(),
          slot.layout().name());
    }
    return new Expr.Slot.ByAddress(operand);
  }

  private static Expr.Slot scalarSlot(SlotType slot, Expr operand, String role, BodyAnalyzer body) {
    if (operand instanceof Expr.Constant c) {
      if (!Words.fits(c.value(), slot.size())) {
        throw body.fail(
            Message.SLOT_CONSTANT_RANGE, operand.origin(), c.value(), role, slot.size());
      }
      return new Expr.Slot.ByValue(operand, slot.size());
    }
    if (slot.layout() != null) {
      throw body.fail(Message.SLOT_NEEDS_STRUCT, operand.origin(), role, slot.layout().name());
    }
    if (operand.type() instanceof ScalarType scalar
        && scalar.width() > slot.size()
        && !body.range().fits(operand, slot.size())) {
      body.report(Message.SLOT_TRUNCATED, operand.origin(), scalar.text(), role, slot.size());
    }
    return new Expr.Slot.ByValue(operand, slot.size());
  }

  /** An operand of the {@code -ptr} forms: an address whatever its type. */
  static Expr.Slot address(SlotType slot, Datum operand, String role, BodyAnalyzer body) {
    Expr pointer = Pointers.checked(body.value(operand), body);
    int size = Pointers.knownSize(pointer);
    if (size >= 0 && size != slot.size()) {
      throw body.fail(Message.SLOT_MEMORY_TOO_SMALL, pointer.origin(), role, size, slot.size());
    }
    return new Expr.Slot.ByAddress(pointer);
  }
}
