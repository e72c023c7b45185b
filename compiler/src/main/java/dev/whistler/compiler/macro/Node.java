package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A macro-time form prepared for evaluation. */
abstract class Node {
  /** What a node does. */
  @FunctionalInterface
  interface Body {
    /** May return {@link Values}. */
    Datum run(Frame frame);
  }

  /** Evaluates for all values: in tail position. */
  abstract Datum execute(Frame frame);

  /** Evaluates for one value. */
  final Datum eval(Frame frame) {
    Datum result = execute(frame);
    return result instanceof Values ? Values.primary(result) : result;
  }

  final boolean test(Frame frame) {
    return !Datum.isNil(eval(frame));
  }

  /** A form with forms inside: counts a step and a level of depth. */
  static Node inner(Meter meter, @Nullable SourceRange range, Body body) {
    return new Node() {
      @Override
      Datum execute(Frame frame) {
        meter.enter();
        try {
          return body.run(frame);
        } catch (MacroError e) {
          e.passing(range);
          throw e;
        } finally {
          meter.leave();
        }
      }
    };
  }

  /** A variable or a constant: counts a step. */
  static Node leaf(Meter meter, Body body) {
    return new Node() {
      @Override
      Datum execute(Frame frame) {
        meter.step();
        return body.run(frame);
      }
    };
  }

  static Node constant(Meter meter, Datum value) {
    return leaf(meter, frame -> value);
  }

  /** One after the other; the value is that of the last. */
  static Body sequence(List<Node> nodes) {
    if (nodes.isEmpty()) {
      return frame -> Datum.NIL;
    }
    Node last = nodes.getLast();
    Node[] first = nodes.subList(0, nodes.size() - 1).toArray(Node[]::new);
    return frame -> {
      for (Node node : first) {
        node.execute(frame);
      }
      return last.execute(frame);
    };
  }
}
