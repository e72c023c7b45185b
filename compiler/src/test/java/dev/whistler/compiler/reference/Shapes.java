package dev.whistler.compiler.reference;

import static dev.whistler.compiler.reference.Form.atom;
import static dev.whistler.compiler.reference.Form.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Shapes that passes and code generator look for, with the values at which they go wrong: bounds
 * and those next to them, masks that carries cross, places read before and after they change, more
 * values in a loop than there are registers, stack objects that live for a part of the way.
 */
final class Shapes {
  private static final List<Long> MASKS = List.of(0xff00L, 0xf0L, 0xfff000L, 0xffff0000L);

  private final ProgramGenerator generator;
  private final Random random;

  Shapes(ProgramGenerator generator, Random random) {
    this.generator = generator;
    this.random = random;
  }

  // -- Values --------------------------------------------------------------------------------

  /** A value. */
  Form expression(int depth) {
    return switch (random.nextInt(32)) {
      case 26, 27, 28 -> testsAtWidths();
      case 29 -> equalAndUnequal();
      case 30 -> kernelLoopTooLong();
      case 0 ->
          list("cast", type(), list(any("+", "-", "*", "logxor"), operand(depth), operand(depth)));
      case 1, 2 -> shiftedTwice(depth);
      case 3 -> masked(depth);
      case 4 ->
          list(
              any("/", "mod"), list("-", operand(depth), operand(depth)), 1L << random.nextInt(34));
      case 5 -> list(any("/", "mod"), wide(), 1L << random.nextInt(63));
      case 6, 7 -> castTwice(depth);
      case 8 -> list(comparison(), list("cast", type(), operand(depth)), operand(depth));
      case 9 -> list("cast", "u32", list("<<", operand(depth), random.nextInt(64)));
      case 10 -> sameTests(operand(depth), operand(depth));
      case 11 -> lengthTests(depth);
      case 12 -> maskedSum();
      case 13 -> narrowedShift();
      case 14, 15 -> testOfMasked();
      case 16 -> testOfDifference();
      case 17, 18 -> signedAndUnsigned();
      // Decided by bounds, so that only a program without that pass has anything to narrow.
      case 19, 22, 23 -> list("if", list(comparison(), narrowOf(32), wideConstant()), 1, 2);
      case 20, 21 -> storedAndRead();
      default -> readAgain();
    };
  }

  /** Something short that can be said twice. */
  private Form operand(int depth) {
    return generator.chance(3) ? generator.expression(Math.min(depth, 1)) : generator.expression(0);
  }

  /** A value that any bit may be set in. */
  private Form wide() {
    // Where words begin that are near the program's constants, or anywhere.
    return generator.seesPacket()
        ? list(
            "load",
            any("u64", "i64"),
            "d",
            generator.chance(2) ? 8 * random.nextInt(8) : random.nextInt(57))
        : list("*", list("logxor", generator.expression(0), random.nextInt()), 0x9e3779b97f4a7c15L);
  }

  /** An unsigned value of some bits. */
  private Form narrowOf(int bits) {
    return generator.seesPacket() && generator.chance(2)
        ? list("load", "u" + bits, "d", random.nextInt(64 - bits / 8 + 1))
        : list("cast", "u" + bits, wide());
  }

  /** A constant that does not fit an immediate. */
  private Form wideConstant() {
    return atom((1L + random.nextInt(3)) << 32 | random.nextInt() & 0xffffffffL);
  }

  private Form shiftedTwice(int depth) {
    String shift = any("<<", ">>", ">>>");
    int first = 1 + random.nextInt(63);
    int second = Math.clamp(64L - first + random.nextInt(3) - 1, 0, 63);
    return list(shift, list(shift, operand(depth), first), second);
  }

  private Form masked(int depth) {
    Form a = operand(depth);
    return list(
        "logand",
        generator.chance(2)
            ? list(any("+", "-", "*"), a, operand(depth))
            : list(any(">>", "<<"), a, 8),
        generator.any(List.of(255, 65_280, 65_535, 0xffffffffL)));
  }

  private Form castTwice(int depth) {
    Form narrow = list("cast", type(), generator.chance(2) ? wide() : operand(depth));
    return list("cast", type(), generator.chance(3) ? list("<<", narrow, 33) : narrow);
  }

  /** Nothing but tests of the same two values. */
  private Form sameTests(Form a, Form b) {
    return list(
        "if",
        list(comparison(), a, b),
        list("if", list(comparison(), a, b), generator.expression(0), generator.expression(0)),
        list("if", list(comparison(), a, b), generator.expression(0), generator.expression(0)));
  }

  /** Lengths around that of the packet, which the program has tested already. */
  private Form lengthTests(int depth) {
    if (!generator.seesPacket()) {
      return list("-", 1000, list("logand", operand(depth), 1023));
    }
    Form longer = list("<=", list("+", "d", 56 + random.nextInt(20)), "e");
    Form shorter = list("<=", list("+", "d", 56 + random.nextInt(20)), "e");
    return list("if", longer, list("if", shorter, 1, 2), list("if", shorter, 3, 4));
  }

  /** A sum of which only bits are wanted that carries of others reach. */
  private Form maskedSum() {
    long mask = generator.any(MASKS);
    return list(
        "logand", list(any("+", "-", "*"), list("logand", wide(), mask), wide()), atom(mask));
  }

  /** A narrow value, shifted, of which as many bits are wanted as it has. */
  private Form narrowedShift() {
    int bits = any(8, 16, 32);
    Form shifted = list(any(">>", "<<"), narrowOf(bits), 1 + random.nextInt(bits - 1));
    return list("cast", "u" + bits, list("+", shifted, generator.expression(0)));
  }

  /** A few bits against bounds that they may just reach. */
  private Form testOfMasked() {
    int mask = any(1, 3, 7);
    return list(
        any("<", "<=", ">", ">="), list("logand", wide(), mask), mask - 1 + random.nextInt(3));
  }

  /** A difference that cannot wrap against a bound that it may have. */
  private Form testOfDifference() {
    int mask = any(3, 15, 255);
    int above = random.nextInt(20);
    return list(
        comparison(),
        list("-", mask + above, list("logand", wide(), mask)),
        above + random.nextInt(mask + 1));
  }

  /** The same test as of signed and as of unsigned words, which differ where one is negative. */
  private Form signedAndUnsigned() {
    String relation = any("<", "<=", ">", ">=");
    boolean signedFirst = generator.chance(2);
    String outer = signedFirst ? "s" + relation : relation;
    String inner = signedFirst ? relation : "s" + relation;
    String a = generator.fresh("x");
    String b = generator.fresh("x");
    return list(
        "let",
        list(list(a, wide()), list(b, wide())),
        list(
            "if",
            list(outer, a, b),
            list("if", list(inner, a, b), 1, 2),
            list("if", list(inner, a, b), 3, 4)));
  }

  /** One variable tested against one constant at several widths and signs, one after the other. */
  Form testsAtWidths() {
    String x = generator.fresh("x");
    String y = generator.fresh("y");
    long c = constant();
    List<Form> forms = new ArrayList<>();
    int tests = 1 + random.nextInt(2);
    for (int i = 0; i < tests; i++) {
      forms.add(list(any("when", "unless"), testAt(x, c), list("setf", y, 10 + i)));
    }
    forms.add(list("if", testAt(x, c), generator.chance(2) ? atom(y) : atom(3), list("+", y, 100)));
    return list("let", list(list(x, wordLike(c)), list(y, 1)), forms);
  }

  /** A word with the constant's low half, or any; of a word of the packet, see {@link Inputs}. */
  private Form wordLike(long constant) {
    if (generator.chance(4)) {
      // Tests of a sum are made of what is added to, so other tests than those of a word.
      return list("+", constant, list("<<", list("logand", wide(), 3), 32));
    }
    return generator.seesPacket()
        ? list("load", any("u64", "i64"), "d", 8 * random.nextInt(8))
        : wide();
  }

  private Form testAt(String variable, long constant) {
    String type = any("u8", "u32", "u32", "u32", "i32", "u64", "u64", "u64", "i64", "i16");
    Form seen = type.endsWith("64") ? atom(variable) : list("cast", type, variable);
    long near = generator.chance(4) ? constant + random.nextInt(3) - 1 : constant;
    long shown =
        switch (type) {
          case "u8" -> near & 0xff;
          case "u16" -> near & 0xffff;
          case "u32" -> near & 0xffffffffL;
          case "i16" -> (short) near;
          case "i32" -> (int) near;
          default -> near;
        };
    String relation = generator.chance(3) ? comparison() : any("=", "/=");
    return list(relation, seen, shown);
  }

  /** A constant that may be the low half of a word, or of the other sign there. */
  private long constant() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(300);
      case 1 -> random.nextInt() & 0xffffffffL;
      case 2 -> random.nextInt();
      default -> generator.literal();
    };
  }

  /** A test that the one before rules out, or makes certain, on one way to it. */
  private Form equalAndUnequal() {
    String x = generator.fresh("x");
    long c = constant();
    Form first = list(comparison(), x, c);
    Form middle = generator.chance(2) ? list("incf", "gw") : list("setf", "gb", 7);
    Form second = list(any("=", "/="), x, c + random.nextInt(3) - 1);
    return list(
        "let",
        list(list(x, wide())),
        list("when", list("and", first, list("logand", wide(), 1)), middle),
        generator.chance(2) ? list("incf", "gw", 3) : atom(0),
        list("if", second, list("if", first, 1, 2), list("if", first, 3, 4)));
  }

  /** More rounds than the kernel's loop makes: its answer is -E2BIG. */
  private Form kernelLoopTooLong() {
    Form rounds = list("+", 8_388_607, list("logand", wide(), 7));
    return generator.takeLongLoop()
        ? list("bpf-loop", list(generator.fresh("i"), rounds), list("loop-exit"))
        : list("logand", wide(), 7);
  }

  /** A narrow place keeps the low part of what is stored. */
  private Form storedAndRead() {
    Form place =
        switch (random.nextInt(4)) {
          case 0 -> list("ga", random.nextInt(4));
          case 1 -> list(any("mix-p", "mix-q", "mix-r"), list("global-ptr", "gs"));
          case 2 -> atom(any("gb", "gd"));
          default -> generator.place(0);
        };
    return list(
        "progn", list("setf", place, wide()), list(any("logxor", "+"), place, generator.literal()));
  }

  /** A place, a change of it or of one beside it, and the place again. */
  private Form readAgain() {
    Form value = generator.expression(0);
    Form key = atom(random.nextInt(4));
    if (generator.mayWriteHashes() && generator.chance(2)) {
      String map = any("m8", "ph");
      Form place = list("getmap", map, key);
      Form change =
          map.equals("m8") && generator.chance(3)
              ? list("remmap", map, key)
              : list("setf", place, list("cast", "u16", value));
      return around(place, change);
    }
    return switch (random.nextInt(3)) {
      case 0 -> {
        Form place = list("getmap", "a4", key);
        yield around(place, list(any("setf", "incf"), place, value));
      }
      case 1 -> {
        Form gw = list("global-ptr", "gw");
        Form change = list(any("atomic-add", "atomic-fetch-add"), gw, 0, value);
        yield around(atom("gw"), change);
      }
      default -> {
        Form index = list("logand", wide(), 3);
        yield around(list("ga", key), list("setf", list("ga", index), value));
      }
    };
  }

  private Form around(Form place, Form change) {
    String before = generator.fresh("x");
    return list(
        "let", list(list(before, place)), change, list("logxor", list("*", before, 3), place));
  }

  // -- Statements ----------------------------------------------------------------------------

  /** A statement. */
  Form statement(int depth) {
    return switch (random.nextInt(9)) {
      case 5, 6, 7 -> otherNames();
      case 8 -> keptAddress();
      case 0 -> armsAlike();
      case 1 -> handedOver();
      case 2 -> chosenObject();
      case 3 -> addedTo();
      default -> loopUnderPressure(depth);
    };
  }

  /** Branches whose arms end alike in part. */
  private Form armsAlike() {
    List<Form> ends =
        List.of(
            list("setf", "gw", 41),
            list("setf", "gb", random.nextInt(100)),
            list("setf", list("ga", 1), 7),
            list("setf", list("ga", 2), 7),
            list("setf", list("getmap", "out", 3), 6));
    List<Form> clauses = new ArrayList<>();
    int arms = 3 + random.nextInt(2);
    for (int i = 0; i < arms; i++) {
      List<Form> clause = new ArrayList<>();
      clause.add(i == arms - 1 ? atom("t") : list("=", list("logand", wide(), 3), i));
      int length = 1 + random.nextInt(3);
      for (int k = 0; k < length; k++) {
        clause.add(generator.any(ends));
      }
      clauses.add(list(clause));
    }
    return list("cond", clauses);
  }

  /** A record written field by field, with temporaries on the stack between, and given away. */
  private Form handedOver() {
    if (!generator.takeStack(1)) {
      return list("incf", "gw");
    }
    String s = generator.fresh("s");
    Form between = list("setf", list("getmap", "a4", random.nextInt(4)), generator.expression(0));
    Form away =
        generator.mayWriteHashes()
            ? list("setf", list("getmap", "m8", random.nextInt(4)), list("odd-a", s))
            : list("incf", "gw");
    return list(
        "let",
        list(list(s, list("make-odd"))),
        list("setf", list("odd-a", s), wide()),
        between,
        list("setf", list("odd-b", s), list("getmap", "a4", random.nextInt(4))),
        list("ringbuf-output", any("r", "r2"), s, list("sizeof", "odd")),
        away);
  }

  /** One of two objects, by an address that the program does not know beforehand. */
  private Form chosenObject() {
    if (!generator.takeStack(2)) {
      return list("decf", "gw");
    }
    String s = generator.fresh("s");
    String u = generator.fresh("s");
    String p = generator.fresh("p");
    return list(
        "let",
        list(list(s, list("make-kv")), list(u, list("make-kv"))),
        list("setf", list("kv-a", s), wide(), list("kv-a", u), generator.expression(0)),
        list(
            "let",
            list(list(p, list("if", list("logand", wide(), 1), s, u))),
            list("setf", list("kv-b", p), list("getmap", "a4", random.nextInt(8))),
            list(
                "setf",
                list("getmap", "out", 2),
                list("+", list("getmap", "a4", 1), list("kv-a", p), list("kv-b", p)))));
  }

  /** Two blocks that are read and written under other names. */
  private Form otherNames() {
    if (!generator.takeStack(2)) {
      return list("incf", "gw");
    }
    String s = generator.fresh("s");
    String o = generator.fresh("s");
    String a = generator.fresh("p");
    Form numbers = list("if", choice(), list("cast", "u64", s), list("cast", "u64", o));
    List<Form> forms = new ArrayList<>();
    forms.add(list("store", "u64", s, 0, wide()));
    forms.add(list("store", "u64", o, 0, wide()));
    // The second word of the other block keeps addresses.
    forms.add(list("store", "u64", o, 8, list("cast", "u64", s)));
    Form name =
        switch (random.nextInt(7)) {
          case 0 -> list("cast", "u64", s);
          case 1 -> list("if", choice(), s, o);
          case 2 -> numbers;
          case 3 -> list("load", "u64", o, 8);
          case 4 -> list("as-odd", numbers);
          case 5 -> list("load", "u64", list("if", choice(), o, o), 8);
          default -> list("+", numbers, 0);
        };
    List<Form> inner = new ArrayList<>();
    if (generator.chance(3)) {
      inner.add(list(any("when", "unless"), choice(), list("setf", a, name)));
    }
    int steps = 2 + random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      inner.add(accessUnder(generator.any(List.of(s, o, a, a))));
    }
    if (generator.chance(4)) {
      // Which of two addresses is the lower one is not for a program to say: both are written.
      Form x = list("cast", "u64", s);
      Form y = list("cast", "u64", o);
      inner.add(list("probe-read-kernel", list("min", x, y), 8, 77));
      inner.add(list("probe-read-kernel", list("max", x, y), 8, 77));
    }
    inner.add(
        list(
            "setf",
            list("getmap", "out", 3),
            list("logxor", list("load", "u64", s, 0), list("*", 3, list("load", "u64", o, 0)))));
    forms.add(list("let", list(list(a, name)), inner));
    return list(
        "let", list(list(s, list("struct-alloc", 16)), list(o, list("struct-alloc", 16))), forms);
  }

  /**
   * A block that is read and written by way of an address in memory, which one way alone leads to:
   * where both ways kept the same, the address would be known.
   */
  private Form keptAddress() {
    if (!generator.takeStack(2)) {
      return list("decf", "gw");
    }
    String s = generator.fresh("s");
    String o = generator.fresh("s");
    String a = generator.fresh("p");
    List<Form> inner = new ArrayList<>();
    int steps = 2 + random.nextInt(3);
    for (int i = 0; i < steps; i++) {
      inner.add(
          switch (random.nextInt(4)) {
            case 0 -> list("store", "u64", s, 0, generator.expression(0));
            case 1 -> list("store", "u64", a, 0, generator.expression(0));
            default -> list("incf", "gw", list("load", "u64", a, 0));
          });
    }
    inner.add(list("setf", list("getmap", "out", 3), list("load", "u64", any(s, a, a), 0)));
    return list(
        "let",
        list(list(s, list("struct-alloc", 16)), list(o, list("struct-alloc", 16))),
        list("store", "u64", s, 0, wide()),
        list("store", "u64", o, 0, wide()),
        list("store", "u64", o, 8, list("cast", "u64", o)),
        list(any("when", "unless"), choice(), list("store", "u64", o, 8, list("cast", "u64", s))),
        list("let", list(list(a, list("load", "u64", o, 8))), inner));
  }

  private Form choice() {
    return list("=", list("logand", wide(), 1), 1);
  }

  /** Reads or writes the first word of a block. */
  private Form accessUnder(String name) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> list(any("probe-read-kernel", "probe-read-user"), name, any(8, 4, 2, 8), 77);
      case 2 -> list("store", any("u64", "u32", "u8"), name, 0, generator.expression(0));
      case 3 -> list("store", "u32", name, 4, generator.expression(0));
      case 4 -> list("atomic-add", name, 0, generator.expression(0));
      case 5 -> list("memset", name, 0, generator.expression(0), any(3, 8));
      case 6 -> list("setf", "gw", list("load", any("u64", "u32", "i16"), name, 0));
      default -> list("incf", "gw", list("load", "u64", name, 0));
    };
  }

  /** A word on the stack before and after an addition in memory. */
  private Form addedTo() {
    if (!generator.takeStack(1)) {
      return list("incf", "gw");
    }
    String b = generator.fresh("b");
    Form word = list("load", "u64", b, 8);
    return list(
        "let",
        list(list(b, list("struct-alloc", 16))),
        list("store", "u64", b, 8, wide()),
        list("store", any("u16", "u32", "u8"), b, random.nextInt(9), generator.expression(0)),
        list(
            "setf",
            list("getmap", "out", 3),
            around(word, list("atomic-add", b, 8, generator.expression(0)))));
  }

  /** A loop without calls that changes more variables than there are registers. */
  private Form loopUnderPressure(int depth) {
    if (!generator.takePressure()) {
      return list("incf", "gw");
    }
    int count = 9 + random.nextInt(6);
    List<String> names = new ArrayList<>();
    List<Form> bindings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = generator.fresh("k");
      names.add(name);
      bindings.add(list(name, i < 3 ? wide() : generator.expression(0)));
    }
    List<Form> changes = new ArrayList<>();
    for (int i = 0; i < count + 4; i++) {
      Form other = list(any("+", "-", "logxor", "*"), generator.any(names), generator.any(names));
      changes.add(list("setf", generator.any(names), other));
    }
    String index = generator.fresh("i");
    Form loop =
        list("dotimes", list(index, any(66, 70)), changes.subList(0, changes.size() - depth));
    List<Form> all = names.stream().map(Form::atom).toList();
    return list(
        "let",
        list(bindings),
        loop,
        list("setf", list("getmap", "out", 3), list("logxor", all)),
        list("setf", list("getmap", "out", 2), list("-", all)));
  }

  private String type() {
    return generator.any(ProgramGenerator.TYPES);
  }

  private String comparison() {
    return generator.any(ProgramGenerator.comparisons());
  }

  @SafeVarargs
  private final <T> T any(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
