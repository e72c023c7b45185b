package dev.whistler.compiler.define;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import java.util.List;

/**
 * A list whose head is an operator.
 *
 * @param operator the head
 * @param cons the list itself; its identity stands for this occurrence
 * @param operands what follows the head
 * @param origin of the list
 */
public record Form(SymbolName operator, Cons cons, List<Datum> operands, Origin origin) {
  public Form {
    operands = List.copyOf(operands);
  }

  /** What builds the nodes that the form stands for. */
  public TreeBuilder at() {
    return Trees.at(origin);
  }

  /** The operator's folded name. */
  public String name() {
    return operator.text();
  }

  public int count() {
    return operands.size();
  }

  public Datum operand(int index) {
    return operands.get(index);
  }

  /** The operands from an index on. */
  public List<Datum> from(int index) {
    return operands.subList(Math.min(index, operands.size()), operands.size());
  }
}
