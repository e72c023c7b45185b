package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.List;

/** Backquoted templates, nested ones by the standard rules. What a template makes has no range. */
final class Backquote {
  private final Evaluator evaluator;

  Backquote(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** An element of a list template: one datum, or a list to splice in. */
  private record Part(Node node, boolean spliced) {}

  Node prepare(Cons form, Scope scope) {
    return template(operand(form), 1, scope);
  }

  private Datum operand(Cons form) {
    return FormParts.operands(form, 1, 1, evaluator.meter()).getFirst();
  }

  private static boolean isMarked(Datum datum, SymbolName mark) {
    return datum instanceof Cons pair
        && pair.car() instanceof Datum.Symbol symbol
        && symbol.name() == mark
        && pair.cdr() instanceof Cons;
  }

  private Node template(Datum template, int depth, Scope scope) {
    evaluator.meter().enter();
    try {
      if (depth == 1 && isMarked(template, SymbolName.UNQUOTE)) {
        return evaluator.prepare(operand((Cons) template), scope);
      }
      if (isMarked(template, SymbolName.SPLICE) && depth == 1) {
        throw new MacroError(Message.SPLICE_OUTSIDE_LIST);
      }
      return switch (template) {
        case Cons pair -> list(pair, depth, scope);
        case Vector vector -> vector(vector, depth, scope);
        default -> Node.constant(evaluator.meter(), evaluator.withoutRanges(template));
      };
    } finally {
      evaluator.meter().leave();
    }
  }

  /** The depth inside a list with that head. */
  private static int inside(Datum head, int depth) {
    if (head instanceof Datum.Symbol symbol) {
      if (symbol.name() == SymbolName.QUASIQUOTE) {
        return depth + 1;
      }
      if (symbol.name() == SymbolName.UNQUOTE || symbol.name() == SymbolName.SPLICE) {
        return depth - 1;
      }
    }
    return depth;
  }

  private Node list(Cons template, int outerDepth, Scope scope) {
    int depth = inside(template.car(), outerDepth);
    List<Part> parts = new ArrayList<>();
    Datum rest = template;
    while (rest instanceof Cons pair && (rest == template || !isUnquotedTail(pair))) {
      evaluator.meter().step();
      parts.add(part(pair.car(), depth, scope));
      rest = pair.cdr();
    }
    boolean closed = Datum.isNil(rest);
    Node tail = template(rest, depth, scope);
    return evaluator.inner(
        null,
        frame -> {
          List<Datum> elements = new ArrayList<>();
          Datum end = Datum.NIL;
          for (int i = 0; i < parts.size(); i++) {
            Datum value = parts.get(i).node.eval(frame);
            if (!parts.get(i).spliced) {
              elements.add(value);
            } else if (i == parts.size() - 1 && closed) {
              // The last list is shared, not copied: it may even be an atom.
              end = value;
            } else {
              elements.addAll(FormParts.list(value, ",@", evaluator.meter()));
            }
          }
          return evaluator.listWithTail(elements, closed ? end : tail.eval(frame));
        });
  }

  private static boolean isUnquotedTail(Cons pair) {
    return isMarked(pair, SymbolName.UNQUOTE);
  }

  private Part part(Datum element, int depth, Scope scope) {
    if (depth == 1 && isMarked(element, SymbolName.SPLICE)) {
      return new Part(evaluator.prepare(operand((Cons) element), scope), true);
    }
    return new Part(template(element, depth, scope), false);
  }

  private Node vector(Vector template, int depth, Scope scope) {
    List<Part> parts = new ArrayList<>();
    for (Datum element : template.elements()) {
      parts.add(part(element, depth, scope));
    }
    return evaluator.inner(
        null,
        frame -> {
          List<Datum> elements = new ArrayList<>();
          for (Part part : parts) {
            Datum value = part.node.eval(frame);
            if (part.spliced) {
              elements.addAll(FormParts.list(value, ",@", evaluator.meter()));
            } else {
              elements.add(value);
            }
          }
          evaluator.meter().cells(elements.size());
          return new Vector(elements, null);
        });
  }
}
