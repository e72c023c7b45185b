package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;

/**
 * A typed expression. Every expression yields a 64-bit word; effect expressions yield 0 (section
 * 4.8). Operands are evaluated in the order of the record's components, each exactly once, unless a
 * node says otherwise.
 *
 * <p>The analyzers have settled names, macros, conversions, narrowing, warnings and the exits of
 * ring buffer reservations: this tree has no implicit behaviour. Richer forms ({@code cond}, {@code
 * or}, {@code with-ringbuf}, {@code incf} of a map …) are expressed by these nodes. The tree is
 * what the lowering and the reference interpreter both start from.
 */
public sealed interface Expr {
  StaticType type();

  Origin origin();

  /** A 64-bit constant. */
  record Constant(long value, StaticType type, Origin origin) implements Expr {}

  /**
   * The value of a local (for one in memory: a load of its width, extended by its declared type).
   */
  record Read(Local local, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return local.type();
    }
  }

  /** Assigns a local; the value is already converted. Yields the value. */
  record Assign(Local local, Expr value, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return local.type();
    }
  }

  /** Evaluates {@code init} (already converted), binds it, then evaluates {@code body}. */
  record Let(Local local, Expr init, Expr body, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return body.type();
    }
  }

  /** Evaluates all, yields the last; never empty. */
  record Sequence(List<Expr> forms, Origin origin) implements Expr {
    public Sequence {
      forms = List.copyOf(forms);
    }

    @Override
    public StaticType type() {
      return forms.getLast().type();
    }
  }

  /** Evaluates {@code test}, then exactly one arm: {@code then} when the test is not 0. */
  record If(Expr test, Expr then, Expr otherwise, StaticType type, Origin origin) implements Expr {}

  /**
   * Ends the program, or the kernel-side function, with a value.
   *
   * @param before what is done once the value is known: discards of the reservations that are live,
   *     from inner to outer
   */
  record Return(Expr value, List<Expr> before, Origin origin) implements Expr {
    public Return {
      before = List.copyOf(before);
    }

    public Return(Expr value, Origin origin) {
      this(value, List.of(), origin);
    }

    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** {@code dotimes}: runs the body with {@code index} from 0 to {@code count - 1}. Yields 0. */
  record Repeat(Local index, long count, Expr body, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /**
   * {@code bpf-loop}: as {@link Repeat} with a run-time count, through the kernel's loop helper.
   * Yields the iterations performed.
   */
  record KernelLoop(Local index, Expr count, Expr body, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** Ends the innermost {@link KernelLoop}. */
  record LoopExit(Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /**
   * Operators on 64-bit words. {@code DIV} and {@code MOD} are unsigned with the rules of section 7
   * for 0; shift counts are modulo 64.
   */
  enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MODULO,
    AND,
    OR,
    XOR,
    SHIFT_LEFT,
    SHIFT_RIGHT,
    SHIFT_RIGHT_SIGNED;

    /**
     * Whether the kernel's verifier knows anything about the result: of a division no version does,
     * of a shift by a number that it does not know neither, and before 6.10 of nothing but sums,
     * differences and "and" with such a number.
     *
     * @param byConstant whether the right operand is a constant
     */
    public boolean isFollowed(boolean byConstant) {
      return switch (this) {
        case ADD, SUBTRACT, AND -> true;
        case OR, XOR, MULTIPLY, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> byConstant;
        case DIVIDE, MODULO -> false;
      };
    }

    /** Whether the operands may change places. */
    public boolean isCommutative() {
      return switch (this) {
        case ADD, MULTIPLY, AND, OR, XOR -> true;
        case SUBTRACT, DIVIDE, MODULO, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> false;
      };
    }
  }

  /** A binary operation. */
  record Binary(Operator operator, Expr left, Expr right, StaticType type, Origin origin)
      implements Expr {}

  /** Comparisons; the ones without {@code SIGNED} are unsigned. */
  enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    SIGNED_LESS,
    SIGNED_LESS_EQUAL,
    SIGNED_GREATER,
    SIGNED_GREATER_EQUAL
  }

  /** A comparison; yields 1 or 0. */
  record Compare(Relation relation, Expr left, Expr right, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** conv(T, operand). */
  record Convert(ScalarType type, Expr operand, Origin origin) implements Expr {}

  /** Gives the operand another static type; no code. */
  record Retype(Expr operand, StaticType type, Origin origin) implements Expr {}

  /** Takes the low {@code type.width()} (2, 4 or 8) bytes, reverses them, and zero-extends. */
  record SwapBytes(ScalarType type, Expr operand, Origin origin) implements Expr {}

  /**
   * An index where it is known to be below a limit: the value that an address is computed from.
   * What comes after a check is this node and not the index itself, so that whoever rewrites
   * expressions cannot part the value that was compared from the one that is used.
   *
   * @param limit at least 1
   */
  record Below(Expr index, long limit) implements Expr {
    @Override
    public StaticType type() {
      return index.type();
    }

    @Override
    public Origin origin() {
      return index.origin();
    }
  }

  /** Floor of the base-2 logarithm; 0 for 0 and 1. */
  record Log2(Expr operand, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /**
   * Typed load from {@code pointer + displacement}. {@code result} is a pointer type where the
   * loaded word is known to be one.
   */
  record Load(ScalarType scalar, Expr pointer, long displacement, StaticType type, Origin origin)
      implements Expr {}

  /** Stores the low bytes of {@code value}; pointer before value. Yields 0. */
  record Store(ScalarType scalar, Expr pointer, long displacement, Expr value, Origin origin)
      implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** {@code memset}: {@code length} bytes of the low 8 bits of {@code value}. Yields 0. */
  record Fill(Expr pointer, long displacement, Expr value, int length, Origin origin)
      implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** {@code memcpy}. Yields 0. */
  record Copy(
      Expr target,
      long targetDisplacement,
      Expr source,
      long sourceDisplacement,
      int length,
      Origin origin)
      implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** Indivisible addition on 4 or 8 bytes. Yields 0, or the value before if {@code fetch}. */
  record AtomicAdd(
      ScalarType scalar, Expr pointer, long displacement, Expr value, boolean fetch, Origin origin)
      implements Expr {
    @Override
    public StaticType type() {
      return fetch ? scalar : ScalarType.U64;
    }
  }

  /**
   * A fresh zeroed block of {@code type.size()} bytes on the stack, aligned to 8; one slot for each
   * node, zeroed at each evaluation.
   */
  record StackBlock(PointerType type, Origin origin) implements Expr {}

  /** {@code stack-addr}: the address of a local in memory. */
  record AddressOf(Local local, PointerType type, Origin origin) implements Expr {}

  /** The address of a global variable (section 19.3). */
  record GlobalAddress(Global global, PointerType type, Origin origin) implements Expr {}

  /**
   * Reads kernel or user memory through the probe-read helper into a zeroed temporary; 0 if
   * unreadable.
   */
  record ProbeRead(ScalarType scalar, boolean user, Expr address, StaticType type, Origin origin)
      implements Expr {}

  /** The context pointer. */
  record ContextPointer(PointerType type, Origin origin) implements Expr {}

  /**
   * A load from the context at a fixed offset. {@code type} is a packet pointer type for {@code
   * data}, {@code data_end} and so on.
   */
  record ContextLoad(ScalarType scalar, int offset, StaticType type, Origin origin)
      implements Expr {}

  /** A store to the context. Yields 0. */
  record ContextStore(ScalarType scalar, int offset, Expr value, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }

  /** A key or value operand (section 10.3). */
  sealed interface Slot {
    /** Passed by address as it is. */
    record ByAddress(Expr pointer) implements Slot {}

    /**
     * A temporary of {@code size} bytes that holds the low bytes of {@code value}; bytes beyond 8
     * are zero.
     */
    record ByValue(Expr value, int size) implements Slot {}
  }

  /** Looks a key up; yields the value's address or 0. May be removed if unused. */
  record MapLookup(MapDefinition map, Slot key, PointerType type, Origin origin) implements Expr {}

  /** Updates an element; yields 0 or -errno. */
  record MapUpdate(MapDefinition map, Slot key, Slot value, Expr flags, Origin origin)
      implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.I64;
    }
  }

  /** Deletes an element; yields 0 or -errno. */
  record MapDelete(MapDefinition map, Slot key, Origin origin) implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.I64;
    }
  }

  /** An argument of a helper call. */
  sealed interface Argument {
    /** A value or address. */
    record Value(Expr value) implements Argument {}

    /** The address of a map. */
    record Map(MapDefinition map) implements Argument {}

    /** A key or value slot. */
    record InSlot(Slot slot) implements Argument {}

    /**
     * The address of a NUL-terminated constant in {@code .rodata}; {@code text} without the NUL.
     */
    record Text(String text) implements Argument {}
  }

  /**
   * Calls a helper. The typed result is already what section 4.3 asks for when {@code convert}
   * nodes around it are applied.
   */
  record Call(Helper helper, List<Argument> arguments, StaticType type, Origin origin)
      implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** Calls a kernel-side function (section 19.2). */
  record CallFunction(TypedFunction function, List<Expr> arguments, StaticType type, Origin origin)
      implements Expr {
    public CallFunction {
      arguments = List.copyOf(arguments);
    }
  }

  /** The two counters of a ring's statistics entry (section 11.6). */
  enum Counter {
    PRODUCED,
    LOST
  }

  /** Adds 1 to a counter of the current CPU's statistics entry, if there is one. Yields 0. */
  record Count(MapDefinition statistics, int ringIndex, Counter counter, Origin origin)
      implements Expr {
    @Override
    public StaticType type() {
      return ScalarType.U64;
    }
  }
}
