package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Stack;
import java.util.List;
import java.util.Map;

/** Typed memory access, stack blocks, {@code memset}, {@code memcpy}, atomics (section 8.1). */
final class MemoryForms {
  private static final int MAX_BLOCK = 1024;

  private MemoryForms() {}

  static void register(Map<String, Operator> table) {
    table.put("load", (Operator.Accessor) MemoryForms::load);
    table.put("store", MemoryForms::store);
    table.put("struct-alloc", MemoryForms::allocate);
    table.put("stack-addr", MemoryForms::stackAddress);
    table.put("memset", MemoryForms::fill);
    table.put("memcpy", MemoryForms::copy);
    table.put("atomic-add", (form, body, use) -> body.effect(atomicAdd(form, body, false)));
    table.put("atomic-fetch-add", (form, body, use) -> atomicAdd(form, body, true));
    table.put("kernel-load", (form, body, use) -> probeRead(form, body, false));
    table.put("user-load", (form, body, use) -> probeRead(form, body, true));
    table.put("core-load", CoreForms::load);
    table.put("core-store", CoreForms::store);
    table.put("core-ctx-load", CoreForms::contextLoad);
  }

  /** An address: the pointer, and a constant part of the offset. */
  record Address(Expr pointer, long displacement) {}

  /** {@code p + off}; the offset is any expression. */
  static Address address(Expr pointer, Datum offset, Origin at, BodyAnalyzer body) {
    Expr off = body.value(offset);
    if (off instanceof Expr.Constant c
        && c.value() >= Integer.MIN_VALUE
        && c.value() <= Integer.MAX_VALUE) {
      return new Address(pointer, c.value());
    }
    if (off.type() instanceof PointerType && pointer.type() instanceof PointerType) {
      throw body.fail(Message.OFFSET_IS_POINTER, off.origin());
    }
    return new Address(ArithmeticForms.binary(Expr.Operator.ADD, pointer, off, at, body), 0);
  }

  private static Place load(Form form, BodyAnalyzer body) {
    body.arity(form, 2, 3);
    ScalarType type = Types.requireScalar(form.operand(0), body);
    Expr pointer = Pointers.checked(body.value(form.operand(1)), body);
    Address address =
        form.count() == 3
            ? address(pointer, form.operand(2), form.origin(), body)
            : new Address(pointer, 0);
    return new Place.Memory(
        type, address.pointer(), address.displacement(), false, null, form.origin());
  }

  private static Expr store(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 4, 4);
    ScalarType type = Types.requireScalar(form.operand(0), body);
    Expr pointer = Pointers.checked(body.value(form.operand(1)), body);
    Address address = address(pointer, form.operand(2), form.origin(), body);
    Expr value = body.value(form.operand(3));
    Place place =
        new Place.Memory(
            type, address.pointer(), address.displacement(), false, null, form.origin());
    return body.effect(body.places().write(place, value, Use.NONE, form.origin()));
  }

  private static Expr allocate(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    long size = body.requireConstant(form.operand(0), "the size of struct-alloc");
    if (size < 1 || size > Stack.BYTES) {
      throw body.fail(
          Message.STACK_BLOCK_TOO_LARGE,
          body.originOf(form.operand(0)),
          Long.toUnsignedString(size),
          Stack.BYTES);
    }
    return new Expr.StackBlock(
        new PointerType(Region.STACK, null, (int) size, false), form.origin());
  }

  private static Expr stackAddress(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    Datum operand = form.operand(0);
    Scope.Binding binding =
        operand instanceof Datum.Symbol symbol ? body.scope().find(symbol.name()) : null;
    if (binding == null) {
      if (operand instanceof Datum.Symbol symbol) {
        throw body.unbound(symbol.name(), body.originOf(operand));
      }
      throw body.fail(Message.STACK_ADDR_OPERAND, body.originOf(operand));
    }
    if (binding.fixedBy() != null) {
      throw body.fail(
          Message.STACK_ADDR_OF_FIXED_VARIABLE, body.originOf(operand), binding.fixedBy());
    }
    Local local = binding.local();
    local.setInMemory();
    body.bindings().addressTaken(local);
    return new Expr.AddressOf(
        local, new PointerType(Region.STACK, null, local.memoryWidth(), false), form.origin());
  }

  private static Expr fill(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 4, 4);
    Expr pointer = Pointers.checked(body.value(form.operand(0)), body);
    int offset = offset(form.operand(1), "the offset of memset", body);
    Expr value = body.value(form.operand(2));
    int length = body.constantWithin(form.operand(3), "the length of memset", 0, MAX_BLOCK);
    body.unit().tier().checkStore(pointer.type(), body.diagnostics(), form.origin());
    return body.effect(new Expr.Fill(pointer, offset, value, length, form.origin()));
  }

  private static int offset(Datum datum, String what, BodyAnalyzer body) {
    return body.constantWithin(datum, what, 0, Integer.MAX_VALUE);
  }

  private static Expr copy(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 5, 5);
    Expr target = Pointers.checked(body.value(form.operand(0)), body);
    int targetOffset = offset(form.operand(1), "the target offset of memcpy", body);
    Expr source = Pointers.checked(body.value(form.operand(2)), body);
    int sourceOffset = offset(form.operand(3), "the source offset of memcpy", body);
    int length = body.constantWithin(form.operand(4), "the length of memcpy", 0, MAX_BLOCK);
    TracepointForms.refuseCopyFromRecord(source, body);
    body.unit().tier().checkStore(target.type(), body.diagnostics(), form.origin());
    body.findings().kinds().copied(target, source, length, body.bindings());
    return body.effect(
        new Expr.Copy(target, targetOffset, source, sourceOffset, length, form.origin()));
  }

  private static Expr atomicAdd(Form form, BodyAnalyzer body, boolean fetch) {
    body.arity(form, 3, 4);
    ScalarType type =
        form.count() == 4 ? Types.requireScalar(form.operand(3), body) : ScalarType.U64;
    if (type != ScalarType.U32 && type != ScalarType.U64) {
      throw body.fail(Message.ATOMIC_TYPE, body.originOf(form.operand(3)), type.text());
    }
    Expr pointer = Pointers.checked(body.value(form.operand(0)), body);
    Address address = address(pointer, form.operand(1), form.origin(), body);
    if (address.displacement() % type.width() != 0) {
      throw body.fail(
          Message.ATOMIC_MISALIGNED,
          body.originOf(form.operand(1)),
          address.displacement(),
          type.width());
    }
    checkAtomic(pointer, form.origin(), body);
    Expr value = body.value(form.operand(2));
    body.places().checkStored(pointer, value, form.origin());
    return new Expr.AtomicAdd(
        type, address.pointer(), address.displacement(), value, fetch, form.origin());
  }

  /** Refuses what every kernel refuses (check_atomic, kernel/bpf/verifier.c). */
  private static void checkAtomic(Expr pointer, Origin at, BodyAnalyzer body) {
    String where =
        switch (pointer.type() instanceof PointerType p ? p.region() : Region.UNKNOWN) {
          case PACKET -> "a packet";
          case CONTEXT -> "the context";
          case KERNEL -> "kernel memory";
          case STACK, MAP_VALUE, RING, GLOBAL, UNKNOWN -> null;
        };
    if (where != null) {
      throw body.fail(Message.ATOMIC_MEMORY, at, where);
    }
  }

  private static Expr probeRead(Form form, BodyAnalyzer body, boolean user) {
    body.arity(form, 3, 3);
    ScalarType type = Types.requireScalar(form.operand(0), body);
    List<Expr> operands = body.values(form.from(1));
    Expr address =
        operands.get(1) instanceof Expr.Constant c && c.value() == 0
            ? operands.get(0)
            : ArithmeticForms.binary(
                Expr.Operator.ADD, operands.get(0), operands.get(1), form.origin(), body);
    return probeRead(type, user, address, type, form.origin(), body);
  }

  /** A read through the probe-read helper, with the checks that calling it has. */
  static Expr probeRead(
      ScalarType scalar,
      boolean user,
      Expr address,
      dev.whistler.compiler.type.StaticType type,
      Origin at,
      BodyAnalyzer body) {
    HelperCalls.checkAllowed(user ? "probe-read-user" : "probe-read-kernel", at, body);
    if (address.type() instanceof ScalarType s && s.width() < 4) {
      throw body.fail(Message.ADDRESS_TOO_NARROW, at, s.text());
    }
    return new Expr.ProbeRead(scalar, user, address, type, at);
  }
}
