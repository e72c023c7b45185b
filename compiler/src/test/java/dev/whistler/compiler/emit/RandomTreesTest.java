package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Tree.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random trees must give the same result with all passes and with none, for each instruction set.
 */
class RandomTreesTest {
  private static final int PROGRAMS = Integer.getInteger("whistler.random.trees", 100);
  private static final MapDefinition M8 = map("m8", MapType.HASH, 8, 8, 64);
  private static final MapDefinition A4 = map("a4", MapType.ARRAY, 4, 8, 8);
  private static final long[] EDGES = {
    0,
    1,
    2,
    7,
    8,
    63,
    64,
    127,
    128,
    255,
    256,
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
    0x0123456789abcdefL
  };

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  @Test
  void passesKeepTheMeaning() {
    for (int seed = 0; seed < PROGRAMS; seed++) {
      check(seed);
    }
  }

  private static void check(int seed) {
    int plain = run(seed, 3, Pipeline.names());
    int improved = run(seed, 3, Set.of());
    assertThat(improved).as("seed %d, all passes", seed).isEqualTo(plain);
    int set = new int[] {1, 2, 4}[seed % 3];
    assertThat(run(seed, set, Set.of())).as("seed %d, v%d", seed, set).isEqualTo(plain);
    if (seed % 10 == 0) {
      for (String pass : Pipeline.names()) {
        assertThat(run(seed, 3, Set.of(pass)))
            .as("seed %d without %s", seed, pass)
            .isEqualTo(plain);
      }
    }
  }

  private static int run(int seed, int instructionSet, Set<String> disabled) {
    Expr body = new Generator(seed).program();
    try (KernelRunner runner =
        new KernelRunner(
            unit(List.of(M8, A4), body), KernelRunner.options(instructionSet, disabled))) {
      int first = runner.run();
      return 31 * first + runner.run();
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + " v" + instructionSet + " without " + disabled, e);
    }
  }

  private static final class Generator {
    private final Random random;
    private final Local data = packetLocal();
    private final List<Local> locals = new ArrayList<>();
    private final List<Local> blocks = new ArrayList<>();
    private int names;

    Generator(int seed) {
      random = new Random(seed);
    }

    Expr program() {
      return packet(data, 64, scope(5));
    }

    private Expr scope(int depth) {
      int before = locals.size();
      Local local =
          random.nextInt(3) == 0
              ? local("t" + names++, ScalarType.values()[random.nextInt(8)])
              : local("x" + names++);
      if (random.nextInt(6) == 0) {
        local.setInMemory();
      }
      Expr init = converted(local, value(depth - 1));
      locals.add(local);
      List<Expr> forms = new ArrayList<>();
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        forms.add(statement(depth - 1));
      }
      forms.add(value(depth - 1));
      while (locals.size() > before) {
        locals.removeLast();
      }
      return let(local, init, forms.toArray(new Expr[0]));
    }

    private static Expr converted(Local local, Expr value) {
      return local.declared() == null ? value : convert(local.declared(), value);
    }

    private Expr statement(int depth) {
      if (depth <= 0) {
        return assignment(0);
      }
      return switch (random.nextInt(9)) {
        case 0 -> when(test(depth - 1), sequence(statement(depth - 1), statement(depth - 1)));
        case 1 -> choose(test(depth - 1), statement(depth - 1), statement(depth - 1));
        case 2 -> update(M8, number(random.nextInt(4)), value(depth - 1));
        case 3 -> {
          Local index = local("i" + names++, ScalarType.U32);
          Expr body = assignment(depth - 1);
          yield repeat(index, random.nextInt(20), body);
        }
        case 4 -> call("ktime-get-ns", ScalarType.U64);
        case 5 ->
            when(compare(Relation.EQUAL, value(depth - 2), number(edge())), ret(value(depth - 2)));
        default -> assignment(depth);
      };
    }

    private Expr assignment(int depth) {
      Local local = locals.get(random.nextInt(locals.size()));
      return assign(local, converted(local, value(depth - 1)));
    }

    private long edge() {
      return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(300);
    }

    private Expr test(int depth) {
      return switch (random.nextInt(4)) {
        case 0 -> value(depth);
        case 1 -> choose(test(depth - 1), test(depth - 1), number(0));
        default ->
            depth <= 0
                ? load(ScalarType.U8, read(data), random.nextInt(64))
                : compare(relation(), value(depth - 1), value(depth - 1));
      };
    }

    private Relation relation() {
      return Relation.values()[random.nextInt(Relation.values().length)];
    }

    private Expr value(int depth) {
      if (depth <= 0) {
        return switch (random.nextInt(4)) {
          case 0 -> number(edge());
          case 1 -> load(ScalarType.values()[random.nextInt(8)], read(data), random.nextInt(56));
          default ->
              locals.isEmpty() ? number(edge()) : read(locals.get(random.nextInt(locals.size())));
        };
      }
      return switch (random.nextInt(16)) {
        case 0, 1, 2, 3, 4 ->
            binary(
                Operator.values()[random.nextInt(Operator.values().length)],
                value(depth - 1),
                value(depth - 1));
        case 5, 6 -> convert(ScalarType.values()[random.nextInt(8)], value(depth - 1));
        case 7 -> compare(relation(), value(depth - 1), value(depth - 1));
        case 8 -> choose(test(depth - 1), value(depth - 1), value(depth - 1));
        case 9 ->
            new Expr.SwapBytes(
                ScalarType.of(2 << random.nextInt(3), false), value(depth - 1), HERE);
        case 10 ->
            random.nextInt(3) == 0 ? new Expr.Log2(value(depth - 1), HERE) : scope(depth - 1);
        case 11 -> {
          Local p = local("p" + names++, lookup(M8, number(0)).type());
          yield let(
              p,
              lookup(M8, binary(Operator.AND, value(depth - 1), number(3))),
              choose(read(p), load(ScalarType.U64, read(p), 0), value(depth - 1)));
        }
        case 12 -> structure(depth);
        case 13 ->
            convert(ScalarType.U32, binary(Operator.ADD, value(depth - 1), value(depth - 1)));
        case 14 -> binary(Operator.SHIFT_RIGHT, value(depth - 1), number(random.nextInt(64)));
        default -> scope(depth - 1);
      };
    }

    /** A block on the stack, written and read at random places. */
    private Expr structure(int depth) {
      Local block =
          new Local("b" + names++, null, new PointerType(Region.STACK, null, 24, false), HERE);
      List<Expr> forms = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        ScalarType type = ScalarType.values()[random.nextInt(8)];
        forms.add(
            store(type, read(block), random.nextInt(24 - type.width() + 1), value(depth - 1)));
      }
      ScalarType type = ScalarType.values()[random.nextInt(8)];
      forms.add(load(type, read(block), random.nextInt(24 - type.width() + 1)));
      return let(block, block(24), forms.toArray(new Expr[0]));
    }
  }
}
