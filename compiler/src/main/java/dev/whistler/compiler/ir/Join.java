package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A block to which control comes from several places, with the state that each brings along. */
final class Join {
  private final Block block;
  private final int mark;
  private final List<Edge> edges = new ArrayList<>();

  /** The value is that of the expression that ends here, if it has one. */
  private record Edge(@Nullable Value value, Map<Local, Value> changes) {}

  /** A join whose edges will all start in states that descend from the present one. */
  Join(Block block, Environment environment) {
    this.block = block;
    this.mark = environment.mark();
  }

  Block block() {
    return block;
  }

  boolean isReached() {
    return !edges.isEmpty();
  }

  /** Notes an edge; called in the order in which edges are made. */
  void arrive(Environment environment, @Nullable Value value) {
    edges.add(new Edge(value, environment.since(mark)));
  }

  /**
   * Makes the environment that of the start of the block, with phis where the edges differ.
   *
   * @return the common value or a phi; null if the edges bring none
   */
  @Nullable Value enter(Environment environment, Builder builder, StaticType type) {
    environment.rollBack(mark);
    Set<Local> changed = new LinkedHashSet<>();
    for (Edge edge : edges) {
      changed.addAll(edge.changes().keySet());
    }
    Map<Local, Value> merged = new LinkedHashMap<>();
    for (Local local : changed) {
      Value before = environment.get(local);
      List<Value> values = new ArrayList<>();
      for (Edge edge : edges) {
        Value value = edge.changes().getOrDefault(local, before);
        if (value != null) {
          values.add(value);
        }
      }
      // A local without a value on some edge is out of scope here.
      if (values.size() == edges.size()) {
        merged.put(local, builder.merge(block, values, local.type()));
      }
    }
    merged.forEach(environment::set);
    List<Value> results = new ArrayList<>();
    for (Edge edge : edges) {
      if (edge.value() != null) {
        results.add(edge.value());
      }
    }
    return results.isEmpty() || results.size() < edges.size()
        ? null
        : builder.merge(block, results, type);
  }
}
