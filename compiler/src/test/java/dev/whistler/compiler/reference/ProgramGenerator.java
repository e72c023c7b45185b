package dev.whistler.compiler.reference;

import static dev.whistler.compiler.reference.Form.atom;
import static dev.whistler.compiler.reference.Form.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Writes random well-typed programs as source text. They are valid by construction: constants in
 * narrow slots, divisors, shift counts and indices are chosen so that no rule of the specification
 * refuses them, and nothing unspecified is read.
 */
final class ProgramGenerator {
  /** Definitions that every program has; those of H.2 and a few more. */
  static final String DEFINITIONS =
      """
      (defstruct odd (a u64) (b u8))
      (defstruct mix (p u8) (q i16) (r u32) (s i64) (tt (array u8 8)) (w (array i32 4)))
      (defstruct kv (a u32) (b u32))
      (defstruct nest (h odd) (ks (array kv 2)) (z u16))
      (defglobal gb u16)
      (defglobal gw u64)
      (defglobal gd i32 -5)
      (defglobal ga (array u32 4))
      (defglobal gs mix)
      (defglobal gc u64 77 :const t)
      (defconstant +c1+ (- (<< 1 40) 3))
      (defknob kn u32 77)
      (defmacro twice (x) `(+ ,x ,x))
      (defvar *uses* 0)
      (defmacro next-use () (incf *uses*))
      (define-symbol-macro use (next-use))
      (defmacro swap-in ((v e) &rest body) `(let ((,v (logxor ,e 255))) ,@body))
      (defmacro in-packet (&rest body)
        `(let ((d (ctx u32 0)) (e (ctx u32 4))) (if (> (+ d 64) e) 5 (progn ,@body))))
      (defmap a4 :type :array :key-type u32 :value-type u64 :max-entries 8)
      (defmap ai :type :array :key-type u32 :value-type i16 :max-entries 4)
      (defmap m8 :type :hash :key-type u64 :value-type u64 :max-entries 64)
      (defmap m1 :type :hash :key-size 4 :value-size 1 :max-entries 64)
      (defmap ms :type :hash :key-type kv :value-type u32 :max-entries 64)
      (defmap mb :type :hash :key-type u16 :value-type mix :max-entries 64)
      (defmap pa :type :percpu-array :key-type u32 :value-type u64 :max-entries 4)
      (defmap ph :type :percpu-hash :key-type u8 :value-type u32 :max-entries 64)
      (defmap out :type :array :key-type u32 :value-type u64 :max-entries 4)
      (defmap sa :type :array :key-type u32 :value-type mix :max-entries 4)
      (defmap r :type :ringbuf :max-entries 4096 :record (odd mix))
      (defmap r2 :type :ringbuf :max-entries 4096 :record (odd mix))
      """;

  static final List<String> TYPES = List.of("u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64");

  private static final List<String> RINGS = List.of("r", "r2");

  private static final long[] EDGES = {
    0,
    1,
    2,
    7,
    63,
    64,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    Integer.MAX_VALUE,
    1L << 31,
    0xffffffffL,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -128,
    -32768
  };

  private final Random random;
  private final Shapes shapes;
  private final List<String> variables = new ArrayList<>();
  private final List<Pointer> pointers = new ArrayList<>();
  private int names;
  private int stackBlocks;
  private boolean hashWrites = true;
  private int ringDepth;
  private int loopDepth;
  private boolean mayReturn = true;
  private boolean seesPacket = true;
  private int callbackDepth;
  private boolean pressed;
  private boolean longLoop;
  private final List<Function> functions = new ArrayList<>();
  private @Nullable String inFunction;

  /** A variable that holds the address of a struct. */
  private record Pointer(String variable, String struct) {}

  /**
   * A kernel-side function.
   *
   * @param numbers parameters that are numbers
   * @param struct the struct whose address comes first, or null
   */
  private record Function(String name, int numbers, @Nullable String struct, boolean writesHash) {}

  ProgramGenerator(long seed) {
    this.random = new Random(seed);
    this.shapes = new Shapes(this, random);
  }

  /** The whole text of a unit around a body, or around {@code (program FUNCTION... BODY)}. */
  static String unit(Form program) {
    Form body = program;
    StringBuilder functions = new StringBuilder();
    if (program instanceof Form.Cell(List<Form> items)
        && items.getFirst().equals(atom("program"))) {
      body = items.getLast();
      items.subList(1, items.size() - 1).forEach(f -> functions.append(f).append('\n'));
    }
    return DEFINITIONS
        + functions
        + "(defprog v (:type :xdp) (let ((d (ctx u32 0)) (e (ctx u32 4)))"
        + " (when (> (+ d 64) e) (return 2)) "
        + body
        + "))\n";
  }

  /** Random functions and a body. */
  Form program() {
    List<Form> forms = new ArrayList<>();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      forms.add(function());
    }
    return list("program", forms, body());
  }

  /** A small body of nothing but shapes, so that none hides behind what else is in a program. */
  Form shapes() {
    List<Form> bindings = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String name = fresh("v");
      bindings.add(list(name, packetLoad()));
      variables.add(name);
    }
    List<Form> forms = new ArrayList<>();
    forms.add(shapes.statement(1));
    for (int i = 0; i < 3; i++) {
      forms.add(list("setf", list("getmap", "out", i), shapes.expression(1)));
    }
    forms.add(shapes.expression(1));
    return list("let*", list(bindings), forms);
  }

  /** A small body that asks for one word, as a whole and in parts. */
  Form testsAtWidths() {
    return shapes.testsAtWidths();
  }

  /** A function, which may call those before it. */
  private Form function() {
    String name = fresh("f");
    List<String> parameters = new ArrayList<>();
    List<Form> declarations = new ArrayList<>();
    String struct = chance(3) ? any(List.of("odd", "mix")) : null;
    if (struct != null) {
      parameters.add(fresh("g"));
      pointers.add(new Pointer(parameters.getFirst(), struct));
    }
    int numbers = 1 + random.nextInt(3);
    for (int i = 0; i < numbers; i++) {
      String parameter = fresh("a");
      parameters.add(parameter);
      variables.add(parameter);
      if (chance(3)) {
        declarations.add(list("declare", list("type", any(TYPES), parameter)));
      }
    }
    inFunction = name;
    seesPacket = chance(3);
    hashWrites = struct == null && chance(2);
    stackBlocks = 2;
    Function function = new Function(name, numbers, struct, hashWrites);
    Form body = functionBody();
    inFunction = null;
    seesPacket = true;
    hashWrites = true;
    stackBlocks = 0;
    variables.clear();
    pointers.clear();
    functions.add(function);
    return list(
        "defun", name, list(parameters.stream().map(Form::atom).toList()), declarations, body);
  }

  private Form functionBody() {
    Form body = list("progn", statement(2), statement(1), expression(2));
    return seesPacket ? list("in-packet", body) : body;
  }

  /** A random body. */
  Form body() {
    List<Form> forms = new ArrayList<>();
    List<Form> bindings = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String name = fresh("v");
      bindings.add(chance(2) ? list(name, any(TYPES), expression(2)) : list(name, expression(2)));
      variables.add(name);
    }
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      forms.add(statement(3));
    }
    // How often macros have run is seen from outside.
    forms.add(
        list("incf", "gb", any(List.of(atom("use"), list("next-use"), list("twice", "use")))));
    forms.add(list("setf", list("getmap", "out", 0), expression(3)));
    forms.add(list("setf", list("getmap", "out", 1), variables.getFirst()));
    forms.add(expression(4));
    return list("let*", list(bindings), forms);
  }

  /**
   * An expression over given leaves.
   *
   * @param noZeroDivisor whether divisors must not be 0, as in a constant expression
   */
  Form wordExpression(int depth, List<Form> leaves, boolean noZeroDivisor) {
    if (depth == 0 || chance(6)) {
      return leaves.get(random.nextInt(leaves.size()));
    }
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 ->
          list(
              any(List.of("+", "-", "*", "logand", "logior", "logxor")),
              wordExpression(depth - 1, leaves, noZeroDivisor),
              wordExpression(depth - 1, leaves, noZeroDivisor));
      case 4 -> {
        String operator = any(List.of("/", "mod", "min", "max"));
        Form left = wordExpression(depth - 1, leaves, noZeroDivisor);
        Form right = wordExpression(depth - 1, leaves, noZeroDivisor);
        yield list(operator, left, noZeroDivisor ? list("logior", right, 1) : right);
      }
      case 5 ->
          list(
              any(List.of("<<", ">>", ">>>")),
              wordExpression(depth - 1, leaves, noZeroDivisor),
              random.nextInt(64));
      case 6, 7 ->
          list(
              any(comparisons()),
              wordExpression(depth - 1, leaves, noZeroDivisor),
              wordExpression(depth - 1, leaves, noZeroDivisor));
      case 8 ->
          list(
              "if",
              wordExpression(depth - 1, leaves, noZeroDivisor),
              wordExpression(depth - 1, leaves, noZeroDivisor),
              wordExpression(depth - 1, leaves, noZeroDivisor));
      case 9 -> list("cast", any(TYPES), wordExpression(depth - 1, leaves, noZeroDivisor));
      default -> list(any(unary()), wordExpression(depth - 1, leaves, noZeroDivisor));
    };
  }

  // -- What is allowed where the program stands ------------------------------------------------

  boolean seesPacket() {
    return seesPacket;
  }

  /** Whether elements of hash maps may come and go: not while one is held by its address. */
  boolean mayWriteHashes() {
    return hashWrites;
  }

  /** Takes room for objects on the stack, if there is any left. */
  boolean takeStack(int objects) {
    boolean room = stackBlocks + objects <= 3;
    stackBlocks += room ? objects : 0;
    return room;
  }

  /** Takes the one place of a program where more values live than there are registers. */
  boolean takePressure() {
    boolean free = !pressed && loopDepth == 0;
    pressed |= free;
    return free;
  }

  /** Takes the one loop that the kernel may refuse to begin. */
  boolean takeLongLoop() {
    boolean free = !longLoop && loopDepth == 0 && callbackDepth == 0 && inFunction == null;
    longLoop |= free;
    return free;
  }

  // -- Choices -------------------------------------------------------------------------------

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  String fresh(String prefix) {
    return prefix + names++;
  }

  static List<String> comparisons() {
    return List.of("=", "/=", "<", "<=", ">", ">=", "s<", "s<=", "s>", "s>=");
  }

  private static List<String> unary() {
    return List.of(
        "not", "lognot", "-", "1+", "1-", "ntohs", "ntohl", "ntohll", "log2", "htons", "+");
  }

  long literal() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(16);
      case 1 -> EDGES[random.nextInt(EDGES.length)];
      case 2 -> random.nextInt();
      default -> random.nextLong() >> random.nextInt(64);
    };
  }

  private Form literalForm() {
    return switch (random.nextInt(10)) {
      case 9 -> chance(2) ? atom("use") : list("twice", "use");
      case 0 -> atom("+c1+");
      case 1 -> atom("kn");
      case 3 -> atom(any(List.of("gc", "gb", "gw", "gd")));
      case 2 -> list("sizeof", any(List.of("odd", "mix", "kv", "u16")));
      default -> atom(literal());
    };
  }

  /** A value that is no constant expression. */
  private Form varying(int depth) {
    Form load = packetLoad();
    return depth == 0 ? load : list(any(List.of("+", "logxor")), load, expression(depth - 1));
  }

  private Form packetLoad() {
    if (!seesPacket) {
      return variables.isEmpty() ? list("getmap", "a4", 1) : atom(any(variables));
    }
    String type = any(TYPES);
    int width = Integer.parseInt(type.substring(1)) / 8;
    return list("load", type, "d", random.nextInt(64 - width + 1));
  }

  /** A value from 0 to {@code limit - 1}, a power of two. */
  private Form small(int limit, int depth) {
    return chance(3)
        ? atom(random.nextInt(limit))
        : list("logand", varying(Math.min(depth, 1)), limit - 1);
  }

  // -- Expressions ---------------------------------------------------------------------------

  Form expression(int depth) {
    if (depth == 0) {
      return switch (random.nextInt(4)) {
        case 0 -> packetLoad();
        case 1 -> literalForm();
        default -> variables.isEmpty() ? packetLoad() : atom(any(variables));
      };
    }
    int next = depth - 1;
    return switch (random.nextInt(40)) {
      case 33, 34, 35, 36, 37, 38, 39 -> shapes.expression(next);
      case 30, 31 -> call(next);
      case 32 -> memory(next);
      case 0, 1, 2, 3 ->
          list(
              any(List.of("+", "-", "*", "logand", "logior", "logxor", "min", "max")),
              expression(next),
              expression(next));
      case 4 -> list(any(List.of("+", "*", "-", "logior")), terms(3, next));
      case 5 ->
          list(
              any(List.of("/", "mod")),
              expression(next),
              chance(2) ? atom(1 + random.nextInt(1000)) : varying(next));
      case 6, 7 ->
          list(
              any(List.of("<<", ">>", ">>>")),
              expression(next),
              chance(2) ? atom(random.nextInt(64)) : varying(next));
      case 8 -> list("ash", expression(next), random.nextInt(127) - 63);
      case 9, 10, 11 -> list(any(comparisons()), expression(next), expression(next));
      case 12 -> list("cast", any(TYPES), expression(next));
      case 13, 14 -> list(any(unary()), expression(next));
      case 15, 16 -> list("if", expression(next), expression(next), expression(next));
      case 17 -> list(any(List.of("and", "or")), terms(2 + random.nextInt(2), next));
      case 18 ->
          list(
              "cond",
              list(expression(next), expression(next)),
              list(expression(next)),
              list("t", expression(next)));
      case 19 ->
          list(
              "case",
              small(8, 1),
              list(0, expression(next)),
              list(list(3, 5), expression(next)),
              list("otherwise", expression(next)));
      case 20 -> binding(next);
      case 21 -> list("twice", expression(next));
      case 22 -> swapIn(next);
      case 23, 24 -> field(next);
      case 25, 26 -> lookup(next);
      case 27 -> list("progn", statement(next), expression(next));
      case 28 -> list("prog1", expression(next), statement(next));
      default -> assignment(next);
    };
  }

  private Form call(int depth) {
    for (Function function : functions) {
      Pointer pointer = null;
      for (Pointer p : pointers) {
        pointer = p.struct().equals(function.struct()) ? p : pointer;
      }
      boolean fits = function.struct() == null || pointer != null;
      if (fits && (hashWrites || !function.writesHash()) && !chance(3)) {
        List<Form> arguments = new ArrayList<>();
        if (pointer != null && function.struct() != null) {
          arguments.add(atom(pointer.variable()));
        }
        arguments.addAll(terms(function.numbers(), Math.max(0, depth - 1)));
        return list(function.name(), arguments);
      }
    }
    return expression(depth);
  }

  /** A variable in memory, or an addition that yields what was there before. */
  private Form memory(int depth) {
    if (chance(2) || stackBlocks >= 3) {
      return list("atomic-fetch-add", list("global-ptr", "gw"), 0, expression(depth));
    }
    stackBlocks++;
    String name = fresh("w");
    String type = any(TYPES);
    int width = Integer.parseInt(type.substring(1)) / 8;
    Form init = list(list(name, type, expression(depth)));
    variables.add(name);
    Form form =
        list(
            "let",
            init,
            list("store", "u8", list("stack-addr", name), random.nextInt(width), expression(depth)),
            statement(Math.max(0, depth - 1)),
            expression(depth));
    variables.removeLast();
    return form;
  }

  private List<Form> terms(int count, int depth) {
    List<Form> terms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      terms.add(expression(depth));
    }
    return terms;
  }

  private Form binding(int depth) {
    String name = fresh("x");
    Form init = expression(depth);
    Form bound = chance(2) ? list(name, any(TYPES), init) : list(name, init);
    variables.add(name);
    Form body = expression(depth);
    Form form =
        chance(4)
            ? list("let", list(bound), statement(Math.max(0, depth - 1)), body)
            : list("let*", list(bound), body);
    variables.removeLast();
    return form;
  }

  private Form swapIn(int depth) {
    String name = fresh("y");
    Form init = expression(depth);
    variables.add(name);
    Form form = list("swap-in", list(name, init), expression(depth));
    variables.removeLast();
    return form;
  }

  /** Assigns a variable; yields the stored value. */
  private Form assignment(int depth) {
    List<String> assignable = assignable();
    if (assignable.isEmpty()) {
      return expression(depth);
    }
    String name = any(assignable);
    return switch (random.nextInt(3)) {
      case 0 -> list("setf", name, expression(depth));
      case 1 -> list(any(List.of("incf", "decf")), name, expression(depth));
      default -> list("setf", name, expression(depth), name, list("+", name, expression(depth)));
    };
  }

  /** Loop variables cannot be assigned. */
  private List<String> assignable() {
    return variables.stream().filter(v -> !v.startsWith("i")).toList();
  }

  Form place(int depth) {
    if (chance(6)) {
      return global(depth);
    }
    if (seesPacket && chance(8)) {
      return packetLoad();
    }
    if (pointers.isEmpty()) {
      List<String> assignable = assignable();
      return assignable.isEmpty() ? list("getmap", "a4", small(8, depth)) : atom(any(assignable));
    }
    Pointer p = any(pointers);
    return switch (p.struct()) {
      case "odd" -> list(any(List.of("odd-a", "odd-b")), p.variable());
      case "kv" -> list(any(List.of("kv-a", "kv-b")), p.variable());
      case "nest" ->
          switch (random.nextInt(4)) {
            case 0 -> list("nest-z", p.variable());
            case 1 -> list("kv-b", list("as-kv", list("nest-ks-ptr", p.variable(), 1)));
            default -> list(any(List.of("odd-a", "odd-b")), list("nest-h", p.variable()));
          };
      default ->
          switch (random.nextInt(4)) {
            case 0 -> list("mix-tt", p.variable(), index(8, depth));
            case 1 -> list("mix-w", p.variable(), index(4, depth));
            default -> list(any(List.of("mix-p", "mix-q", "mix-r", "mix-s")), p.variable());
          };
    };
  }

  private Form global(int depth) {
    return switch (random.nextInt(4)) {
      case 0 -> list("ga", index(4, depth));
      case 1 -> list(any(List.of("mix-p", "mix-q", "mix-r", "mix-s")), list("global-ptr", "gs"));
      default -> atom(any(List.of("gb", "gw", "gd")));
    };
  }

  private Form index(int count, int depth) {
    return switch (random.nextInt(3)) {
      case 0 -> atom(random.nextInt(count));
      case 1 -> small(count, depth);
      default -> list("logand", varying(0), 15); // sometimes outside
    };
  }

  private Form field(int depth) {
    return place(Math.max(0, depth - 1));
  }

  private Form lookup(int depth) {
    String name = fresh("p");
    return switch (random.nextInt(9)) {
      case 0, 1 -> list("getmap", "a4", small(16, depth));
      case 2 -> list("getmap", "ai", small(4, depth));
      case 3 -> list("getmap", "m8", small(8, depth));
      case 4 -> list("getmap", "m1", small(8, depth));
      case 5 -> list("getmap", "pa", small(4, depth));
      case 6 -> list("getmap", "ph", small(8, depth));
      case 7 -> {
        Form key = small(8, depth);
        yield withPointer(name, "mix", list("map-lookup", "mb", key), depth);
      }
      default -> {
        String bound = fresh("z");
        Form value = list("getmap", any(List.of("m8", "a4")), small(8, depth));
        variables.add(bound);
        Form then = expression(depth);
        variables.removeLast();
        Form form = list("if-let", list(bound, value), then, expression(Math.max(0, depth - 1)));
        yield form;
      }
    };
  }

  /** Uses an element through its address; nothing is written to hash maps meanwhile. */
  private Form withPointer(String name, String struct, Form lookup, int depth) {
    boolean before = hashWrites;
    hashWrites = false;
    pointers.add(new Pointer(name, struct));
    Form form =
        list(
            "when-let",
            list(list(name, lookup)),
            statement(Math.max(0, depth - 1)),
            place(Math.max(0, depth - 1)));
    pointers.removeLast();
    hashWrites = before;
    return form;
  }

  // -- Statements ----------------------------------------------------------------------------

  Form statement(int depth) {
    int next = Math.max(0, depth - 1);
    return switch (random.nextInt(28)) {
      case 24, 25, 26, 27 -> shapes.statement(next);
      case 20 -> pressure(next);
      case 21 -> rotation(next);
      case 22, 23 -> elements(next);
      case 0, 1, 2 -> assignment(next);
      case 3, 4, 5 ->
          list(any(List.of("setf", "incf", "decf", "setf")), place(next), expression(next));
      case 6, 7, 8 -> mapWrite(next);
      case 9, 10 -> list(any(List.of("when", "unless")), expression(next), statement(next));
      case 11 -> list("if", expression(next), statement(next), statement(next));
      case 12 -> chance(2) ? loop(next) : kernelLoop(next);
      case 13, 14 -> allocation(next);
      case 15 -> bytes(next);
      case 16, 17, 18 -> ring(next);
      default ->
          mayReturn && chance(4)
              ? list("when", list("=", varying(0), atom(literal())), leave(next))
              : list("incf", list("getmap", "a4", small(8, next)), expression(next));
    };
  }

  /** More values at once than there are registers. */
  private Form pressure(int depth) {
    if (pressed) {
      return assignment(depth);
    }
    pressed = true;
    int count = 9 + random.nextInt(6);
    List<Form> bindings = new ArrayList<>();
    List<Form> sum = new ArrayList<>();
    List<String> bound = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = fresh("k");
      bindings.add(list(name, expression(random.nextInt(2))));
      sum.add(list(any(List.of("*", "logxor")), name, 2 * i + 1));
      bound.add(name);
    }
    variables.addAll(bound);
    Form form =
        list(
            "let",
            list(bindings),
            statement(depth),
            assignment(depth),
            list("setf", list("getmap", "out", 3), list("-", sum)));
    for (int i = 0; i < count; i++) {
      variables.removeLast();
    }
    return form;
  }

  /** Variables that change places in each round of a loop. */
  private Form rotation(int depth) {
    List<String> assignable = assignable();
    if (assignable.size() < 2 || loopDepth > 1) {
      return assignment(depth);
    }
    String first = any(assignable);
    String second = any(assignable);
    String name = fresh("t");
    loopDepth++;
    Form form =
        list(
            "dotimes",
            list(fresh("i"), any(List.of(3, 65, 67))),
            list(
                "let",
                list(list(name, first)),
                list("setf", first, second, second, list("+", name, random.nextInt(2)))),
            chance(2) ? list("incf", "gw") : assignment(0));
    loopDepth--;
    return form;
  }

  /** Two elements of an array, or one under two names. */
  private Form elements(int depth) {
    String first = fresh("p");
    String second = fresh("p");
    Form bindings =
        list(
            list(first, list("map-lookup", "sa", small(2, 0))),
            list(second, list("map-lookup", "sa", small(2, 0))));
    pointers.add(new Pointer(first, "mix"));
    pointers.add(new Pointer(second, "mix"));
    Form form =
        list(
            "when-let",
            bindings,
            list("setf", list("mix-s", first), expression(depth)),
            list("setf", chance(2) ? place(0) : list("mix-s", second), expression(0)),
            list("setf", list("getmap", "out", 2), list(any(List.of("mix-s", "mix-r")), first)));
    pointers.removeLast();
    pointers.removeLast();
    return form;
  }

  /** Ends the program, the function or the loop. */
  private Form leave(int depth) {
    if (callbackDepth > 0 && (!mayReturn || chance(2))) {
      return list("loop-exit");
    }
    return inFunction != null && chance(2)
        ? list("return-from", inFunction, expression(depth))
        : list("return", expression(depth));
  }

  private Form kernelLoop(int depth) {
    if (loopDepth > 1) {
      return assignment(depth);
    }
    Form count = small(8, depth);
    loopDepth++;
    callbackDepth++;
    String index = fresh("i");
    variables.add(index);
    Form form =
        list(
            "bpf-loop",
            list(index, count),
            statement(depth),
            chance(2) ? list("when", expression(1), leave(0)) : assignment(depth));
    variables.removeLast();
    callbackDepth--;
    loopDepth--;
    return chance(2) ? list("setf", list("getmap", "out", 3), form) : form;
  }

  private Form mapWrite(int depth) {
    if (!hashWrites || chance(4)) {
      return switch (random.nextInt(4)) {
        case 0 -> list("setf", list("getmap", "a4", small(8, depth)), expression(depth));
        case 1 -> list("incf", list("getmap", "pa", small(4, depth)), expression(depth));
        case 2 -> list("incf", list("getmap", "ai", small(4, depth)), expression(depth));
        default -> list("setf", list("getmap", "ai", small(4, depth)), varying(depth));
      };
    }
    return switch (random.nextInt(9)) {
      case 0, 1 -> list("setf", list("getmap", "m8", small(8, depth)), expression(depth));
      case 2 -> list("setf", list("getmap", "m1", small(8, depth)), varying(depth));
      case 3 -> list("incf", list("getmap", "m1", small(8, depth)), expression(depth));
      case 4 -> list(any(List.of("incf", "decf")), list("getmap", "m8", small(8, depth)));
      case 5 ->
          list(
              "setf",
              list("getmap", "out", 2),
              list("remmap", any(List.of("m8", "m1")), small(8, depth)));
      case 6 ->
          list(
              "setf",
              list("getmap", "out", 3),
              list(
                  "setmap",
                  "m8",
                  small(8, depth),
                  expression(depth),
                  any(List.of("BPF_ANY", "BPF_NOEXIST", "BPF_EXIST"))));
      case 7 -> list("setf", list("getmap", "ph", small(8, depth)), varying(depth));
      default -> structWrite(depth);
    };
  }

  private Form structWrite(int depth) {
    for (Pointer p : pointers) {
      if (p.struct().equals("mix")) {
        return list("setf", list("getmap", "mb", small(8, depth)), p.variable());
      }
      if (p.struct().equals("kv")) {
        return list("setf", list("getmap", "ms", p.variable()), varying(depth));
      }
    }
    return list("map-update", "m8", small(8, depth), expression(depth));
  }

  private Form loop(int depth) {
    if (loopDepth > 1) {
      return assignment(depth);
    }
    loopDepth++;
    String index = fresh("i");
    variables.add(index);
    // The verifier walks through every iteration, so long loops are short.
    boolean isLong = loopDepth == 1 && chance(6);
    Form form =
        isLong
            ? list("dotimes", list(index, any(List.of(9, 33, 70))), assignment(0))
            : list("dotimes", list(index, random.nextInt(6)), statement(depth));
    variables.removeLast();
    loopDepth--;
    return form;
  }

  private Form allocation(int depth) {
    if (stackBlocks >= 3) {
      return assignment(depth);
    }
    stackBlocks++;
    String struct = any(List.of("odd", "mix", "kv", "nest"));
    String name = fresh("s");
    pointers.add(new Pointer(name, struct));
    Form form =
        list(
            "let",
            list(list(name, list("make-" + struct))),
            list("setf", place(depth), expression(depth)),
            statement(depth),
            statement(depth));
    pointers.removeLast();
    return form;
  }

  /** Raw bytes on the stack. */
  private Form bytes(int depth) {
    if (stackBlocks >= 3 || variables.isEmpty()) {
      return assignment(depth);
    }
    stackBlocks++;
    String name = fresh("b");
    List<Form> forms = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      forms.add(
          switch (random.nextInt(5)) {
            case 0 -> {
              int off = random.nextInt(16);
              yield list("memset", name, off, expression(depth), random.nextInt(24 - off + 1));
            }
            case 1 -> {
              int off = random.nextInt(16);
              int n = random.nextInt(24 - off + 1);
              yield !seesPacket
                  ? list("memcpy", name, 0, name, 16, Math.min(n, 8))
                  : list("memcpy", name, off, "d", random.nextInt(64 - n + 1), n);
            }
            case 2 -> list("atomic-add", name, 8 * random.nextInt(3), expression(depth));
            case 3 -> {
              String type = any(TYPES);
              int width = Integer.parseInt(type.substring(1)) / 8;
              yield list(
                  "setf",
                  list("load", type, name, random.nextInt(24 - width + 1)),
                  expression(depth));
            }
            default -> list("store", "u16", name, random.nextInt(23), expression(depth));
          });
    }
    String type = any(TYPES);
    int width = Integer.parseInt(type.substring(1)) / 8;
    Form read = list("load", type, name, random.nextInt(24 - width + 1));
    forms.add(list("setf", list("getmap", "out", 3), read));
    return list("let", list(list(name, list("struct-alloc", 24))), forms);
  }

  private Form ring(int depth) {
    if (ringDepth > 1) {
      return assignment(depth);
    }
    ringDepth++;
    Form form =
        switch (random.nextInt(5)) {
          case 0 -> rawRecord(depth);
          case 1 -> output(depth);
          default -> {
            String struct = any(List.of("odd", "mix"));
            String name = fresh("e");
            pointers.add(new Pointer(name, struct));
            Form record =
                list(
                    "with-ringbuf",
                    list(name, any(RINGS), list("sizeof", struct)),
                    list("setf", place(depth), expression(depth)),
                    chance(4) ? ring(depth) : statement(depth));
            pointers.removeLast();
            yield chance(3) ? list("setf", list("getmap", "out", 2), record) : record;
          }
        };
    ringDepth--;
    return form;
  }

  private Form rawRecord(int depth) {
    String name = fresh("q");
    boolean before = mayReturn;
    mayReturn = false; // a raw reservation must not be live at an exit
    Form form =
        list(
            "let",
            list(list(name, list("ringbuf-reserve", any(RINGS), 16))),
            list(
                "when",
                name,
                list("store", "u64", name, 0, expression(depth)),
                list("store", "u64", name, 8, expression(depth)),
                list(any(List.of("ringbuf-submit", "ringbuf-discard")), name)));
    mayReturn = before;
    return form;
  }

  private Form output(int depth) {
    for (Pointer p : pointers) {
      if (p.struct().equals("odd") && p.variable().startsWith("s")) {
        return list("ringbuf-output", any(RINGS), p.variable(), list("sizeof", "odd"));
      }
    }
    return list("incf", list("getmap", "a4", small(8, depth)));
  }
}
