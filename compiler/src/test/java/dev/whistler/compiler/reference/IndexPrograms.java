package dev.whistler.compiler.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Writes random programs that are about one thing: run-time indices, and what proves to the
 * kernel's verifier that they are inside. Elements of 1, 2, 4 and 8 bytes and structs, in map
 * values, on the stack, in ring records, in globals, in helper loops; indices through shifts,
 * products, conversions of all widths and signs, byte swaps, logarithms, remainders, minima, guards
 * of the program's own, and across calls with more values than there are registers.
 */
final class IndexPrograms {
  /** Definitions that every program has. */
  static final String DEFINITIONS =
      """
      (defstruct pair (a u32) (b u16) (c u16))
      (defstruct cell (n u32) (b (array u8 16)) (h (array u16 7)) (w (array u32 5)) (q (array u64 8))
        (one (array u64 1)) (s (array i16 4)) (l (array i64 3)) (all (array u8 256)) (ps (array pair 4)))
      (defstruct small (b (array u8 9)) (h (array i16 4)) (w (array u32 5)) (q (array u64 4)))
      (defmap cells :type :array :key-type u32 :value-type cell :max-entries 4)
      (defmap some :type :hash :key-type u32 :value-type u64 :max-entries 64)
      (defmap out :type :array :key-type u32 :value-type u64 :max-entries 16)
      (defmap r :type :ringbuf :max-entries 16384 :record (small))
      (defglobal ga (array u32 5))
      (defglobal gq (array u64 8))
      (defglobal gb (array u8 16))
      (defglobal gh (array i16 3))
      (defglobal gs cell)
      """;

  private static final List<String> TYPES = List.of("u8", "u16", "u32", "u64", "i8", "i16", "i32");

  private static final List<String> RELATIONS =
      List.of("<", "<=", ">", ">=", "=", "/=", "s<", "s<=", "s>", "s>=");

  /** Something that has elements. */
  private record Elements(String place, int count) {
    Elements of(String pointer) {
      return new Elements(place.formatted(pointer), count);
    }
  }

  private static final List<Elements> OF_CELL =
      List.of(
          new Elements("cell-b %s", 16),
          new Elements("cell-h %s", 7),
          new Elements("cell-w %s", 5),
          new Elements("cell-q %s", 8),
          new Elements("cell-q %s", 8),
          new Elements("cell-one %s", 1),
          new Elements("cell-s %s", 4),
          new Elements("cell-l %s", 3),
          new Elements("cell-all %s", 256));

  private static final List<Elements> OF_SMALL =
      List.of(
          new Elements("small-b %s", 9),
          new Elements("small-h %s", 4),
          new Elements("small-w %s", 5),
          new Elements("small-q %s", 4));

  private static final List<Elements> OF_GLOBALS =
      List.of(
          new Elements("ga", 5),
          new Elements("gq", 8),
          new Elements("gb", 16),
          new Elements("gh", 3));

  private final Random random;
  private final List<String> variables = new ArrayList<>();
  private int names;
  private int stackBlocks;
  private int loops;

  /** How many more choices there may be: a verifier walks through all ways. */
  private int choices = 9;

  IndexPrograms(long seed) {
    this.random = new Random(seed);
  }

  /** The whole text of a unit around a body. */
  static String unit(Form body) {
    return DEFINITIONS
        + "(defprog v (:type :xdp) (let ((d (ctx u32 0)) (e (ctx u32 4)))"
        + " (when (> (+ d 64) e) (return 2)) "
        + body
        + "))\n";
  }

  /** Many small bytes, so that indices are often inside. */
  static byte[] packet(Random random) {
    byte[] packet = new byte[64];
    for (int i = 0; i < packet.length; i++) {
      packet[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(9));
    }
    return packet;
  }

  /** A random body. */
  Form body() {
    StringBuilder text = new StringBuilder("(let* (");
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String name = fresh("i");
      text.append(
          chance(2)
              ? "(%s %s) ".formatted(name, index(2))
              : "(%s %s %s) ".formatted(name, any(TYPES), index(2)));
      variables.add(name);
    }
    List<String> pressing = new ArrayList<>();
    if (chance(3)) {
      int more = 6 + random.nextInt(6);
      for (int i = 0; i < more; i++) {
        String name = fresh("k");
        text.append("(%s %s) ".formatted(name, chance(3) ? index(1) : load()));
        pressing.add(name);
      }
      variables.addAll(pressing);
    }
    text.append(") ");
    int statements = 1 + random.nextInt(4);
    for (int i = 0; i < statements; i++) {
      text.append(statement(2)).append(' ');
    }
    if (!pressing.isEmpty()) {
      text.append("(setf (getmap out 9) (logxor ").append(String.join(" ", pressing)).append(")) ");
    }
    return Form.read(text + any(variables) + ")");
  }

  // -- Statements ----------------------------------------------------------------------------

  private String statement(int depth) {
    return switch (random.nextInt(depth == 0 ? 8 : 14)) {
      case 0, 1, 2 -> inMap();
      case 3 -> onStack();
      case 4 -> inRecord();
      case 5 -> use(any(OF_GLOBALS));
      case 6 -> use(any(OF_CELL).of("(global-ptr gs)"));
      case 7 -> chance(2) ? inPacket() : sized();
      case 8, 9, 10 -> guarded(depth);
      case 11 -> loop(depth);
      case 12 -> repeated(depth);
      default ->
          "(if %s %s %s)".formatted(test(variable()), statement(depth - 1), statement(depth - 1));
    };
  }

  private String inMap() {
    String p = fresh("p");
    String inside = chance(5) ? pairOf(p) : chance(6) ? addressed(p) : use(any(OF_CELL).of(p));
    return "(when-let ((%s (getmap cells %d))) %s)".formatted(p, random.nextInt(4), inside);
  }

  private String onStack() {
    if (stackBlocks++ > 1) {
      return use(any(OF_GLOBALS));
    }
    String s = fresh("s");
    return "(let ((%s (make-small))) %s (setf (getmap out 5) (+ (getmap out 5) (small-w %s 1))) %s)"
        .formatted(s, use(any(OF_SMALL).of(s)), s, use(any(OF_SMALL).of(s)));
  }

  private String inRecord() {
    String e = fresh("e");
    return "(with-ringbuf (%s r (sizeof small)) %s %s)"
        .formatted(e, use(any(OF_SMALL).of(e)), chance(2) ? use(any(OF_SMALL).of(e)) : "0");
  }

  /** Reads, writes or increments an element. */
  private String use(Elements elements) {
    String place = "(%s %s)".formatted(elements.place(), within(elements.count()));
    return switch (random.nextInt(4)) {
      case 0 -> "(setf %s %s)".formatted(place, load());
      case 1 -> "(incf %s)".formatted(place);
      case 2 -> "(setf (getmap out %d) (+ (getmap out 2) %s))".formatted(random.nextInt(8), place);
      default -> "(setf (getmap some %d) %s)".formatted(random.nextInt(40), place);
    };
  }

  /** A struct in an array, whose address the program computes and guards itself. */
  private String pairOf(String p) {
    String i = fresh("j");
    return ("(let ((%s %s)) (when (< %s 4) %s (incf (pair-b (typed-ptr pair"
                + " (+ (cell-ps-ptr %s) (* %s (sizeof pair)))))))")
            .formatted(i, index(2), i, between(), p, i)
        + ")";
  }

  /** A place that the program computes and guards itself. */
  private String addressed(String p) {
    String i = fresh("j");
    int shift = random.nextInt(4);
    return ("(let ((%s %s)) (when (< %s %d) %s (setf (getmap out 6)"
            + " (load u8 (cell-all-ptr %s) %s))))")
        .formatted(
            i,
            index(2),
            i,
            1 + random.nextInt(256 >> shift),
            between(),
            p,
            chance(2) ? "(<< %s %d)".formatted(i, shift) : "(* %d %s)".formatted(1 << shift, i));
  }

  /** A helper that is told a length, which is only known when the program runs. */
  private String sized() {
    if (stackBlocks++ > 1) {
      return "(incf (getmap out 4))";
    }
    String s = fresh("s");
    String n = fresh("n");
    String length =
        switch (random.nextInt(3)) {
          case 0 -> "(min %s 32)".formatted(index(2));
          case 1 -> "(logand %s 31)".formatted(index(2));
          default -> index(2);
        };
    return ("(let ((%s (make-small)) (%s %s)) (setf (small-w %s 2) %s)"
            + " (when (and (%s %s 0) (<= %s 32)) %s (probe-read-kernel %s %s 77)))")
        .formatted(s, n, length, s, load(), any(List.of(">", "/=")), n, n, between(), s, n);
  }

  /** An offset in the packet, checked by one sum and used in another. */
  private String inPacket() {
    String o = fresh("o");
    String offset =
        switch (random.nextInt(3)) {
          case 0 -> "(* 4 (logand %s 15))".formatted(index(1));
          case 1 -> "(logand %s 63)".formatted(index(1));
          default -> "(cast u8 %s)".formatted(index(1));
        };
    int at = random.nextInt(20);
    String address =
        switch (random.nextInt(4)) {
          case 0 -> "d (+ %s %d)".formatted(o, at);
          case 1 -> "(+ d %s) %d".formatted(o, at);
          case 2 -> "(+ d %d) %s".formatted(at, o);
          default -> "(+ d %d %s)".formatted(at, o);
        };
    int end = at + 2 + random.nextInt(6);
    String checked = chance(2) ? "(+ d %s %d)".formatted(o, end) : "(+ d %d %s)".formatted(end, o);
    return ("(let ((%s %s)) (when (<= %s e) %s (setf (getmap out 4) (load u16 %s))))")
        .formatted(o, offset, checked, between(), address);
  }

  /** Something that needs registers, or nothing. */
  private String between() {
    return switch (random.nextInt(3)) {
      case 0 -> "(setf (getmap some %d) %s)".formatted(random.nextInt(40), load());
      case 1 -> "(incf (getmap out 7))";
      default -> "";
    };
  }

  private String guarded(int depth) {
    String i = fresh("j");
    String value = index(2);
    variables.add(i);
    String inner = statement(depth - 1) + " " + (chance(2) ? statement(depth - 1) : "");
    String text = "(let ((%s %s)) (when %s %s %s))".formatted(i, value, test(i), between(), inner);
    variables.remove(i);
    return text;
  }

  private String loop(int depth) {
    String i = fresh("l");
    List<String> outer = List.copyOf(variables);
    variables.add(i);
    loops += 2;
    String text =
        "(bpf-loop (%s %s) %s)"
            .formatted(
                i,
                chance(2) ? "(logand %s 7)".formatted(variable(outer)) : any(List.of("3", "9")),
                statement(depth - 1));
    loops -= 2;
    variables.remove(i);
    return text;
  }

  private String repeated(int depth) {
    String i = fresh("l");
    variables.add(i);
    loops += 2;
    String text = "(dotimes (%s %d) %s)".formatted(i, 2 + random.nextInt(9), statement(depth - 1));
    loops -= 2;
    variables.remove(i);
    return text;
  }

  private String test(String variable) {
    int bound = random.nextInt(12);
    return switch (random.nextInt(5)) {
      case 0 -> "(< %s %d)".formatted(variable, bound + 1);
      case 1 -> "(%s (cast %s %s) %d)".formatted(any(RELATIONS), any(TYPES), variable, bound);
      case 2 -> "(%s %d %s)".formatted(any(RELATIONS), bound, variable);
      case 3 -> "(and (>= %s %d) (< %s %d))".formatted(variable, bound / 3, variable, bound);
      default -> "(%s %s %d)".formatted(any(RELATIONS), variable, bound);
    };
  }

  // -- Indices -------------------------------------------------------------------------------

  /** An index of an array of so many elements, inside for certain or not. */
  private String within(int count) {
    return switch (random.nextInt(5)) {
      case 0 -> "(mod %s %d)".formatted(index(1), count);
      case 1 -> "(logand %s %d)".formatted(index(1), Integer.highestOneBit(count) - 1);
      case 2 -> variable();
      default -> index(3);
    };
  }

  private String index(int depth) {
    if (depth == 0) {
      return chance(3) || variables.isEmpty() ? load() : variable();
    }
    String inner = index(depth - 1);
    int shift = 1 + random.nextInt(4);
    return switch (random.nextInt(20)) {
      case 0 -> "(<< %s %d)".formatted(inner, shift);
      case 1 -> "(* %d %s)".formatted(1 << shift, inner);
      case 2 -> "(* (+ %s %d) %d)".formatted(inner, random.nextInt(5), 1 << shift);
      case 3 -> "(%s %s %d)".formatted(any(List.of(">>", ">>>")), inner, random.nextInt(62));
      case 4, 5, 6 -> "(cast %s %s)".formatted(any(TYPES), inner);
      case 7 -> "(>> (ntohs (load u16 d %d)) %d)".formatted(random.nextInt(60), 10 + shift);
      case 8 -> "(%s %s)".formatted(any(List.of("ntohs", "ntohl", "ntohll", "htons")), inner);
      case 9 -> takes(4) ? "(log2 %s)".formatted(inner) : inner;
      case 10 ->
          takes(4) ? "(>> (log2 (load u64 d %d)) %d)".formatted(random.nextInt(57), shift) : inner;
      case 11 -> "(mod %s %d)".formatted(inner, 2 + random.nextInt(15));
      case 12 -> "(/ %s %d)".formatted(inner, 1 + random.nextInt(40));
      case 13 -> takes(1) ? "(min %s %d)".formatted(inner, random.nextInt(16)) : inner;
      case 14 -> takes(1) ? "(max %s %d)".formatted(inner, random.nextInt(9)) : inner;
      case 15 -> "(logand %s %d)".formatted(inner, (2 << random.nextInt(8)) - 1);
      case 16 ->
          "(%s %s %d)"
              .formatted(any(List.of("+", "-", "logxor", "logior")), inner, random.nextInt(9));
      case 17 -> "(- %d %s)".formatted(random.nextInt(12), inner);
      case 18 ->
          takes(1) ? "(if %s %s %d)".formatted(test(variable()), inner, random.nextInt(9)) : inner;
      default -> inner;
    };
  }

  private boolean takes(int more) {
    boolean free = more << loops <= choices;
    choices -= free ? more << loops : 0;
    return free;
  }

  private String load() {
    String type = chance(4) ? "u64" : any(TYPES);
    int width = Integer.parseInt(type.substring(1)) / 8;
    return String.format(Locale.ROOT, "(load %s d %d)", type, random.nextInt(64 - width + 1));
  }

  private String variable() {
    return variable(variables);
  }

  private String variable(List<String> of) {
    return of.isEmpty() ? load() : any(of);
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String fresh(String prefix) {
    return prefix + names++;
  }
}
