package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecNum;
import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.BoolExpr;
import com.microsoft.z3.Context;
import com.microsoft.z3.Expr;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What operations compute, as terms of the solver over words of 64 bits: the instruction set's
 * document (Documentation/bpf/standardization/instruction-set.rst of the kernel), not the
 * compiler's folding. Every term is simplified as soon as it is made, so that equal ones are mostly
 * the same.
 */
final class Terms implements AutoCloseable {
  final Context z3 = new Context();

  @Override
  public void close() {
    z3.close();
  }

  /** Something that was asked for before; paths have beginnings in common, routines much more. */
  private record Question(Object of, List<BitVecExpr> operands) {}

  private final Map<Long, BitVecExpr> words = new HashMap<>();
  private final Map<String, BitVecExpr> symbols = new HashMap<>();
  private final Map<Question, BitVecExpr> results = new HashMap<>();
  private final Map<Question, BoolExpr> answers = new HashMap<>();

  BitVecExpr word(long value) {
    return words.computeIfAbsent(value, w -> z3.mkBV(w, Long.SIZE));
  }

  /** A word of which nothing is known. */
  BitVecExpr unknown(String name) {
    return symbols.computeIfAbsent(name, n -> z3.mkBVConst(n, Long.SIZE));
  }

  /** The result of an operation that depends on its operands alone. */
  BitVecExpr computed(Operation operation, List<BitVecExpr> operands) {
    return results.computeIfAbsent(
        new Question(operation, operands),
        q ->
            switch (operation) {
              case Operation.Binary(Operator operator, boolean narrow) ->
                  binary(operator, narrow, operands.get(0), operands.get(1));
              case Operation.Compare(Relation relation, boolean narrow) ->
                  truth(holds(relation, narrow, operands.get(0), operands.get(1)));
              case Operation.Extend(ScalarType scalar) -> extend(scalar, operands.get(0));
              case Operation.SwapBytes(int width) -> swap(width, operands.get(0));
              default -> throw new IllegalArgumentException(operation.toString());
            });
  }

  /** What a branch asks. */
  BoolExpr asked(Operation.Branch branch, BitVecExpr a, BitVecExpr b) {
    return answers.computeIfAbsent(
        new Question(branch, List.of(a, b)), q -> holds(branch.relation(), branch.narrow(), a, b));
  }

  /** Whether a word is at least one number and less than another one. */
  BoolExpr within(BitVecExpr word, long least, long end) {
    return answers.computeIfAbsent(
        new Question(end, List.of(word)),
        q -> z3.mkAnd(z3.mkBVUGE(word, word(least)), z3.mkBVULT(word, word(end))));
  }

  static BitVecExpr simple(Expr<BitVecSort> term) {
    return (BitVecExpr) term.simplify();
  }

  static BoolExpr simple(BoolExpr term) {
    return (BoolExpr) term.simplify();
  }

  /** Whether a word is a number, which {@link #number} is then. */
  static boolean isNumber(Expr<BitVecSort> term) {
    return term instanceof BitVecNum;
  }

  static long number(Expr<BitVecSort> term) {
    return ((BitVecNum) term).getBigInteger().longValue();
  }

  BitVecExpr plus(Expr<BitVecSort> a, long distance) {
    return distance == 0
        ? (BitVecExpr) a
        : results.computeIfAbsent(
            new Question(distance, List.of((BitVecExpr) a)),
            q -> simple(z3.mkBVAdd(a, word(distance))));
  }

  /** The low bytes of a word, zero-extended. */
  BitVecExpr low(int bytes, Expr<BitVecSort> a) {
    return bytes == Long.BYTES
        ? (BitVecExpr) a
        : simple(z3.mkZeroExt(Long.SIZE - 8 * bytes, z3.mkExtract(8 * bytes - 1, 0, a)));
  }

  /** A byte of a word, the lowest one at 0. */
  BitVecExpr byteOf(Expr<BitVecSort> word, int index) {
    return simple(z3.mkExtract(8 * index + 7, 8 * index, word));
  }

  BitVecExpr binary(Operator operator, boolean narrow, BitVecExpr a, BitVecExpr b) {
    if (!narrow) {
      return simple(binary(operator, Long.SIZE, a, b));
    }
    Expr<BitVecSort> x = z3.mkExtract(31, 0, a);
    Expr<BitVecSort> y = z3.mkExtract(31, 0, b);
    return simple(z3.mkZeroExt(32, binary(operator, Integer.SIZE, x, y)));
  }

  private Expr<BitVecSort> binary(
      Operator operator, int bits, Expr<BitVecSort> a, Expr<BitVecSort> b) {
    Expr<BitVecSort> zero = z3.mkBV(0, bits);
    Expr<BitVecSort> count = z3.mkBVAND(b, z3.mkBV(bits - 1, bits));
    return switch (operator) {
      case ADD -> z3.mkBVAdd(a, b);
      case SUBTRACT -> z3.mkBVSub(a, b);
      case MULTIPLY -> z3.mkBVMul(a, b);
      case DIVIDE -> z3.mkITE(z3.mkEq(b, zero), zero, z3.mkBVUDiv(a, b));
      case MODULO -> z3.mkITE(z3.mkEq(b, zero), a, z3.mkBVURem(a, b));
      case AND -> z3.mkBVAND(a, b);
      case OR -> z3.mkBVOR(a, b);
      case XOR -> z3.mkBVXOR(a, b);
      case SHIFT_LEFT -> z3.mkBVSHL(a, count);
      case SHIFT_RIGHT -> z3.mkBVLSHR(a, count);
      case SHIFT_RIGHT_SIGNED -> z3.mkBVASHR(a, count);
    };
  }

  BoolExpr holds(Relation relation, boolean narrow, BitVecExpr a, BitVecExpr b) {
    Expr<BitVecSort> x = narrow ? z3.mkExtract(31, 0, a) : a;
    Expr<BitVecSort> y = narrow ? z3.mkExtract(31, 0, b) : b;
    return simple(
        switch (relation) {
          case EQUAL -> z3.mkEq(x, y);
          case NOT_EQUAL -> z3.mkNot(z3.mkEq(x, y));
          case LESS -> z3.mkBVULT(x, y);
          case LESS_EQUAL -> z3.mkBVULE(x, y);
          case GREATER -> z3.mkBVUGT(x, y);
          case GREATER_EQUAL -> z3.mkBVUGE(x, y);
          case SIGNED_LESS -> z3.mkBVSLT(x, y);
          case SIGNED_LESS_EQUAL -> z3.mkBVSLE(x, y);
          case SIGNED_GREATER -> z3.mkBVSGT(x, y);
          case SIGNED_GREATER_EQUAL -> z3.mkBVSGE(x, y);
        });
  }

  /** 1 where something holds, else 0. */
  BitVecExpr truth(BoolExpr condition) {
    return choose(condition, word(1), word(0));
  }

  BitVecExpr choose(BoolExpr condition, Expr<BitVecSort> then, Expr<BitVecSort> otherwise) {
    return simple(z3.mkITE(condition, then, otherwise));
  }

  BoolExpr not(BoolExpr condition) {
    return simple(z3.mkNot(condition));
  }

  BitVecExpr extend(ScalarType scalar, BitVecExpr a) {
    int bits = 8 * scalar.width();
    if (bits == Long.SIZE) {
      return a;
    }
    Expr<BitVecSort> part = z3.mkExtract(bits - 1, 0, a);
    return simple(
        scalar.signed()
            ? z3.mkSignExt(Long.SIZE - bits, part)
            : z3.mkZeroExt(Long.SIZE - bits, part));
  }

  BitVecExpr swap(int bytes, BitVecExpr a) {
    Expr<BitVecSort> turned = byteOf(a, 0);
    for (int i = 1; i < bytes; i++) {
      turned = z3.mkConcat(turned, byteOf(a, i));
    }
    return simple(bytes == Long.BYTES ? turned : z3.mkZeroExt(Long.SIZE - 8 * bytes, turned));
  }
}
