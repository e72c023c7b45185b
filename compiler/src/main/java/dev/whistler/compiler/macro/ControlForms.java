package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Forms that decide what is evaluated, and non-local exits. */
final class ControlForms {
  private final Evaluator evaluator;
  private final Meter meter;

  ControlForms(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  private List<Datum> operands(Cons form, int min, int max) {
    return FormParts.operands(form, min, max, meter);
  }

  /** {@code the}: the type is not looked at. */
  Node.Body typed(Cons form, Scope scope) {
    return evaluator.prepare(operands(form, 2, 2).get(1), scope)::execute;
  }

  Node.Body quote(Cons form) {
    Datum quoted = evaluator.withoutRanges(operands(form, 1, 1).getFirst());
    return frame -> quoted;
  }

  Node.Body progn(Cons form, boolean situations, Scope scope) {
    List<Datum> forms = operands(form, situations ? 1 : 0, Integer.MAX_VALUE);
    return evaluator.prepareBody(situations ? forms.subList(1, forms.size()) : forms, scope);
  }

  /** {@code prog1}, {@code prog2}. */
  Node.Body first(Cons form, int which, Scope scope) {
    List<Datum> forms = operands(form, which, Integer.MAX_VALUE);
    Node.Body before = Node.sequence(evaluator.prepareAll(forms.subList(0, which), scope));
    Node.Body after =
        Node.sequence(evaluator.prepareAll(forms.subList(which, forms.size()), scope));
    return frame -> {
      Datum result = Values.primary(before.run(frame));
      after.run(frame);
      return result;
    };
  }

  Node.Body branch(Cons form, Scope scope) {
    List<Node> nodes = evaluator.prepareAll(operands(form, 2, 3), scope);
    Node test = nodes.getFirst();
    Node then = nodes.get(1);
    if (nodes.size() == 2) {
      return frame -> test.test(frame) ? then.execute(frame) : Datum.NIL;
    }
    Node otherwise = nodes.get(2);
    return frame -> test.test(frame) ? then.execute(frame) : otherwise.execute(frame);
  }

  Node.Body when(Cons form, boolean wanted, Scope scope) {
    List<Datum> forms = operands(form, 1, Integer.MAX_VALUE);
    Node test = evaluator.prepare(forms.getFirst(), scope);
    Node.Body body = evaluator.prepareBody(forms.subList(1, forms.size()), scope);
    return frame -> test.test(frame) == wanted ? body.run(frame) : Datum.NIL;
  }

  private record Clause(Node test, Node.@Nullable Body body) {}

  Node.Body cond(Cons form, Scope scope) {
    List<Clause> clauses = new ArrayList<>();
    for (Datum clause : operands(form, 0, Integer.MAX_VALUE)) {
      List<Datum> parts = FormParts.list(clause, "cond", meter);
      if (parts.isEmpty()) {
        throw new MacroError(Message.MACRO_COND_CLAUSE_SHAPE);
      }
      List<Datum> forms = parts.subList(1, parts.size());
      clauses.add(
          new Clause(
              evaluator.prepare(parts.getFirst(), scope),
              forms.isEmpty() ? null : evaluator.prepareBody(forms, scope)));
    }
    return frame -> {
      for (Clause clause : clauses) {
        Datum value = clause.test.eval(frame);
        if (!Datum.isNil(value)) {
          return clause.body == null ? value : clause.body.run(frame);
        }
      }
      return Datum.NIL;
    };
  }

  Node.Body and(Cons form, Scope scope) {
    List<Node> nodes = evaluator.prepareAll(operands(form, 0, Integer.MAX_VALUE), scope);
    return frame -> {
      Datum value = Evaluator.truth(true);
      for (int i = 0; i < nodes.size(); i++) {
        if (i == nodes.size() - 1) {
          return nodes.get(i).execute(frame);
        }
        value = nodes.get(i).eval(frame);
        if (Datum.isNil(value)) {
          return value;
        }
      }
      return value;
    };
  }

  Node.Body or(Cons form, Scope scope) {
    List<Node> nodes = evaluator.prepareAll(operands(form, 0, Integer.MAX_VALUE), scope);
    return frame -> {
      for (int i = 0; i < nodes.size(); i++) {
        if (i == nodes.size() - 1) {
          return nodes.get(i).execute(frame);
        }
        Datum value = nodes.get(i).eval(frame);
        if (!Datum.isNil(value)) {
          return value;
        }
      }
      return Datum.NIL;
    };
  }

  private record Case(@Nullable List<Datum> keys, Node.Body body) {}

  Node.Body cases(Cons form, boolean exhaustive, Scope scope) {
    List<Datum> operands = operands(form, 1, Integer.MAX_VALUE);
    Node key = evaluator.prepare(operands.getFirst(), scope);
    List<Case> cases = new ArrayList<>();
    for (Datum clause : operands.subList(1, operands.size())) {
      List<Datum> parts = clause(clause, form);
      Datum keys = parts.getFirst();
      List<Datum> list =
          isCatchAll(keys) && !exhaustive
              ? null
              : keys instanceof Cons || Datum.isNil(keys)
                  ? FormParts.list(keys, "case", meter)
                  : List.of(keys);
      cases.add(new Case(list, evaluator.prepareBody(parts.subList(1, parts.size()), scope)));
    }
    return frame -> {
      Datum value = key.eval(frame);
      for (Case one : cases) {
        meter.step();
        if (one.keys == null || one.keys.stream().anyMatch(k -> Equality.eql(k, value))) {
          return one.body.run(frame);
        }
      }
      if (exhaustive) {
        throw new MacroError(Message.ECASE_NO_CLAUSE, evaluator.printer().shown(value));
      }
      return Datum.NIL;
    };
  }

  private List<Datum> clause(Datum clause, Cons form) {
    List<Datum> parts = FormParts.list(clause, FormParts.name(form), meter);
    if (parts.isEmpty()) {
      throw new MacroError(Message.MACRO_CASE_CLAUSE_SHAPE, FormParts.name(form));
    }
    return parts;
  }

  private static boolean isCatchAll(Datum keys) {
    return keys instanceof Datum.Symbol symbol
        && !symbol.name().isKeyword()
        && (symbol.name() == SymbolName.T || symbol.name().text().equals("otherwise"));
  }

  Node.Body typecase(Cons form, boolean exhaustive, Scope scope) {
    List<Datum> operands = operands(form, 1, Integer.MAX_VALUE);
    Node key = evaluator.prepare(operands.getFirst(), scope);
    List<Case> cases = new ArrayList<>();
    for (Datum clause : operands.subList(1, operands.size())) {
      List<Datum> parts = clause(clause, form);
      cases.add(
          new Case(
              isCatchAll(parts.getFirst()) ? null : List.of(parts.getFirst()),
              evaluator.prepareBody(parts.subList(1, parts.size()), scope)));
    }
    return frame -> {
      Datum value = key.eval(frame);
      for (Case one : cases) {
        if (one.keys == null || Types.isOfType(evaluator, value, one.keys.getFirst())) {
          return one.body.run(frame);
        }
      }
      if (exhaustive) {
        throw new MacroError(Message.ETYPECASE_NO_CLAUSE, evaluator.printer().shown(value));
      }
      return Datum.NIL;
    };
  }

  // ---- exits

  Node.Body block(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 1, Integer.MAX_VALUE);
    SymbolName block = FormParts.symbol(operands.getFirst(), "block");
    return block(evaluator, block, operands.subList(1, operands.size()), scope);
  }

  Node.Body returnFrom(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 1, 2);
    SymbolName block = FormParts.symbol(operands.getFirst(), "return-from");
    return leave(block, operands.subList(1, operands.size()), scope);
  }

  /** {@code return}. */
  Node.Body leave(Cons form, Scope scope) {
    return leave(SymbolName.NIL, operands(form, 0, 1), scope);
  }

  /** A block around forms. */
  static Node.Body block(Evaluator evaluator, SymbolName name, List<Datum> forms, Scope outer) {
    return block(name, outer, scope -> evaluator.prepareBody(forms, scope));
  }

  /** A block around what is prepared in its scope. */
  static Node.Body block(SymbolName name, Scope outer, Function<Scope, Node.Body> inside) {
    Scope scope = outer.inner();
    int slot = scope.add(Scope.Space.BLOCK, name);
    Node.Body body = inside.apply(scope);
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      Exit.Target target = new Exit.Target();
      inner.slots[slot] = target;
      try {
        return body.run(inner);
      } catch (Exit exit) {
        if (exit.target() != target) {
          throw exit;
        }
        return exit.value();
      } finally {
        target.close();
      }
    };
  }

  private Node.Body leave(SymbolName block, List<Datum> value, Scope scope) {
    Scope.Place place = scope.find(Scope.Space.BLOCK, block);
    if (place == null) {
      throw new MacroError(Message.BLOCK_UNKNOWN, block);
    }
    Node result = value.isEmpty() ? null : evaluator.prepare(value.getFirst(), scope);
    return frame -> {
      Datum values = result == null ? Datum.NIL : result.execute(frame);
      throw new Exit(active(frame, place), values);
    };
  }

  private static Datum active(Frame frame, Scope.Place place) {
    Datum target = frame.at(place.level()).slots[place.index()];
    if (!(target instanceof Exit.Target open) || !open.isActive()) {
      throw new MacroError(Message.BLOCK_ENDED);
    }
    return target;
  }

  Node.Body tagbody(Cons form, Scope scope) {
    return tagbody(evaluator, FormParts.list(form.cdr(), "tagbody", meter), scope);
  }

  /** Forms with tags between them. */
  static Node.Body tagbody(Evaluator evaluator, List<Datum> items, Scope outer) {
    if (items.stream().noneMatch(ControlForms::isTag)) {
      Node.Body plain = Node.sequence(evaluator.prepareAll(items, outer));
      return frame -> {
        plain.run(frame);
        return Datum.NIL;
      };
    }
    Scope scope = outer.inner();
    int slot = scope.hidden();
    List<List<Datum>> segments = new ArrayList<>();
    segments.add(new ArrayList<>());
    for (Datum item : items) {
      if (isTag(item)) {
        // The slot of a tag holds the number of its segment.
        scope.add(Scope.Space.TAG, tag(item));
        segments.add(new ArrayList<>());
      } else {
        segments.getLast().add(item);
      }
    }
    List<Node.Body> bodies = new ArrayList<>();
    for (List<Datum> segment : segments) {
      bodies.add(Node.sequence(evaluator.prepareAll(segment, scope)));
    }
    return frame -> {
      Frame inside = new Frame(frame, scope.size());
      Exit.Target target = new Exit.Target();
      inside.slots[slot] = target;
      int next = 0;
      try {
        while (next < bodies.size()) {
          evaluator.meter().step();
          try {
            bodies.get(next).run(inside);
            next++;
          } catch (Exit exit) {
            if (exit.target() != target) {
              throw exit;
            }
            next = exit.segment();
          }
        }
      } finally {
        target.close();
      }
      return Datum.NIL;
    };
  }

  static boolean isTag(Datum item) {
    return item instanceof Datum.Int
        || (item instanceof Datum.Symbol symbol && symbol.name() != SymbolName.NIL);
  }

  private static Object tag(Datum item) {
    return switch (item) {
      case Datum.Int number -> number.value();
      case Datum.Symbol symbol -> symbol.name();
      default -> throw new MacroError(Message.GO_TAG_TYPE);
    };
  }

  Node.Body go(Cons form, Scope scope) {
    Datum tag = operands(form, 1, 1).getFirst();
    Scope.Place place = scope.find(Scope.Space.TAG, tag(tag));
    if (place == null) {
      throw new MacroError(Message.GO_TAG_UNKNOWN, evaluator.printer().shown(tag));
    }
    // Tags take the slots 1, 2, … of their frame; slot 0 is the activation.
    Scope.Place activation = new Scope.Place(place.level(), 0);
    int segment = place.index();
    return frame -> {
      throw new Exit(active(frame, activation), segment);
    };
  }

  Node.Body catchTag(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 1, Integer.MAX_VALUE);
    Node tag = evaluator.prepare(operands.getFirst(), scope);
    Node.Body body = evaluator.prepareBody(operands.subList(1, operands.size()), scope);
    return frame -> {
      Datum key = tag.eval(frame);
      evaluator.catchTags().push(key);
      try {
        return body.run(frame);
      } catch (Exit exit) {
        if (exit.target() instanceof Exit.Target || !Equality.eql(exit.target(), key)) {
          throw exit;
        }
        return exit.value();
      } finally {
        evaluator.catchTags().pop();
      }
    };
  }

  Node.Body throwTag(Cons form, Scope scope) {
    List<Node> nodes = evaluator.prepareAll(operands(form, 2, 2), scope);
    return frame -> {
      Datum key = nodes.getFirst().eval(frame);
      Datum value = nodes.get(1).execute(frame);
      if (evaluator.catchTags().stream().noneMatch(open -> Equality.eql(open, key))) {
        throw new MacroError(Message.THROW_NOT_CAUGHT, evaluator.printer().shown(key));
      }
      throw new Exit(key, value);
    };
  }

  Node.Body unwindProtect(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 1, Integer.MAX_VALUE);
    Node body = evaluator.prepare(operands.getFirst(), scope);
    Node.Body cleanup =
        Node.sequence(evaluator.prepareAll(operands.subList(1, operands.size()), scope));
    return frame -> {
      Datum result;
      try {
        result = body.execute(frame);
      } catch (MacroError | Exit leaving) {
        // Not after BudgetExceeded: nothing more may be spent.
        cleanup.run(frame);
        throw leaving;
      }
      cleanup.run(frame);
      return result;
    };
  }

  Node.Body valueList(Cons form, Scope scope) {
    Node values = evaluator.prepare(operands(form, 1, 1).getFirst(), scope);
    return frame -> evaluator.list(Values.all(values.execute(frame)));
  }

  Node.Body nthValue(Cons form, Scope scope) {
    List<Node> nodes = evaluator.prepareAll(operands(form, 2, 2), scope);
    return frame -> {
      int index = Arguments.index(nodes.getFirst().eval(frame), "nth-value", evaluator);
      List<Datum> values = Values.all(nodes.get(1).execute(frame));
      return index < values.size() ? values.get(index) : Datum.NIL;
    };
  }
}
