package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Reader;
import dev.whistler.compiler.reader.Vector;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies the result of an expansion, so that no macro can change it later, and bounds it: a cycle
 * has too many nodes.
 */
final class ResultCopy {
  private final Meter meter;
  private final Printer printer;
  private int nodes;
  private int depth;

  ResultCopy(Meter meter, Printer printer) {
    this.meter = meter;
    this.printer = printer;
  }

  Datum copy(Datum result) {
    Datum copy = node(result);
    meter.resultNodes(nodes);
    return copy;
  }

  private void count() {
    if (++nodes > Meter.MAX_RESULT_NODES) {
      throw Meter.exceeded(Meter.MAX_RESULT_NODES, "nodes in one expansion result");
    }
  }

  /** What a macro makes may be nested no deeper than what can be read. */
  private void descend() {
    if (++depth > Reader.MAX_DEPTH) {
      throw new MacroError(Message.EXPANSION_TOO_NESTED, Reader.MAX_DEPTH);
    }
  }

  private Datum node(Datum datum) {
    count();
    return switch (datum) {
      // Each place of a symbol is a datum of its own: what a symbol macro makes belongs to a place.
      case Datum.Symbol atom -> new Datum.Symbol(atom.name(), atom.range());
      case Datum.Int atom -> atom;
      case Datum.Str atom -> atom;
      case Datum.Char atom -> atom;
      case Cons pair -> list(pair);
      case Vector vector -> {
        descend();
        List<Datum> elements = new ArrayList<>();
        for (Datum element : vector.elements()) {
          elements.add(node(element));
        }
        depth--;
        yield new Vector(elements, vector.range());
      }
      default -> throw new MacroError(Message.EXPANSION_IS_NO_FORM, printer.shown(datum));
    };
  }

  private Datum list(Cons list) {
    descend();
    List<Datum> elements = new ArrayList<>();
    List<SourceRange> ranges = new ArrayList<>();
    Datum at = list;
    while (at instanceof Cons pair) {
      elements.add(node(pair.car()));
      ranges.add(pair.range());
      at = pair.cdr();
    }
    Datum copy = Datum.isNil(at) ? at : node(at);
    depth--;
    for (int i = elements.size() - 1; i >= 0; i--) {
      copy = new Cons(elements.get(i), copy, ranges.get(i));
    }
    return copy;
  }
}
