package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.Vector;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assignment: {@code setf} and its relatives on the places of section 18.4. */
final class PlaceForms {
  /** A place whose sub-forms are evaluated once. */
  private interface Place {
    /** Evaluates the sub-forms. */
    Datum[] enter(Frame frame);

    Datum get(Frame frame, Datum[] parts);

    void set(Frame frame, Datum[] parts, Datum value);
  }

  /** A function that reads a place. */
  private interface Reading {
    Datum get(Datum[] parts);
  }

  /** A function that writes a place. */
  private interface Writing {
    void set(Datum[] parts, Datum value);
  }

  private final Evaluator evaluator;
  private final Meter meter;

  /** What {@code defsetf} defined: the operands and the new value to a form that stores it. */
  private final Map<SymbolName, Cons> writers = new HashMap<>();

  PlaceForms(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  void defsetf(Cons form) {
    List<Datum> operands = FormParts.operands(form, 2, meter);
    writers.put(FormParts.symbol(operands.getFirst(), "defsetf"), form);
  }

  private List<Datum> operands(Cons form, int min, int max) {
    return FormParts.operands(form, min, max, meter);
  }

  /** What {@code setf} and {@code psetq} take: a value for each place. */
  private record Assignment(Place place, Node value) {}

  private List<Assignment> assignments(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 0, Integer.MAX_VALUE);
    if (operands.size() % 2 != 0) {
      throw new MacroError(Message.MACRO_SETF_PAIRS, FormParts.name(form));
    }
    List<Assignment> assignments = new ArrayList<>();
    for (int i = 0; i < operands.size(); i += 2) {
      assignments.add(
          new Assignment(
              place(operands.get(i), scope), evaluator.prepare(operands.get(i + 1), scope)));
    }
    return assignments;
  }

  Node.Body setf(Cons form, Scope scope) {
    List<Assignment> assignments = assignments(form, scope);
    return frame -> {
      Datum value = Datum.NIL;
      for (Assignment assignment : assignments) {
        Datum[] parts = assignment.place.enter(frame);
        value = assignment.value.eval(frame);
        assignment.place.set(frame, parts, value);
      }
      return value;
    };
  }

  Node.Body psetq(Cons form, Scope scope) {
    List<Assignment> assignments = assignments(form, scope);
    return frame -> {
      List<Datum> computed = new ArrayList<>();
      for (Assignment assignment : assignments) {
        computed.add(assignment.value.eval(frame));
      }
      for (int i = 0; i < computed.size(); i++) {
        Place place = assignments.get(i).place;
        place.set(frame, place.enter(frame), computed.get(i));
      }
      return Datum.NIL;
    };
  }

  Node.Body push(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 2, 2);
    Node item = evaluator.prepare(operands.getFirst(), scope);
    Place place = place(operands.get(1), scope);
    return frame -> {
      Datum value = item.eval(frame);
      Datum[] parts = place.enter(frame);
      Datum list = evaluator.cons(value, place.get(frame, parts));
      place.set(frame, parts, list);
      return list;
    };
  }

  Node.Body pushnew(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 2, Integer.MAX_VALUE);
    Place place = place(operands.get(1), scope);
    List<Datum> others = new ArrayList<>(operands);
    others.remove(1);
    List<Node> nodes = evaluator.prepareAll(others, scope);
    // Not what the source may have defined by that name.
    Callable adjoin = ListFunctions.ADJOIN.in(evaluator);
    return frame -> {
      List<Datum> arguments = new ArrayList<>();
      for (Node node : nodes) {
        arguments.add(node.eval(frame));
      }
      Datum[] parts = place.enter(frame);
      arguments.add(1, place.get(frame, parts));
      Datum list = adjoin.call(arguments.toArray(Datum[]::new));
      place.set(frame, parts, list);
      return list;
    };
  }

  Node.Body pop(Cons form, Scope scope) {
    Place place = place(operands(form, 1, 1).getFirst(), scope);
    return frame -> {
      Datum[] parts = place.enter(frame);
      Datum list = place.get(frame, parts);
      if (list instanceof Cons pair) {
        place.set(frame, parts, pair.cdr());
        return pair.car();
      }
      if (Datum.isNil(list)) {
        return Datum.NIL;
      }
      throw MacroError.type("pop", "a list", evaluator.printer().shown(list));
    };
  }

  Node.Body increment(Cons form, BigInteger sign, Scope scope) {
    List<Datum> operands = operands(form, 1, 2);
    Place place = place(operands.getFirst(), scope);
    Node delta = operands.size() > 1 ? evaluator.prepare(operands.get(1), scope) : null;
    String operator = FormParts.name(form);
    return frame -> {
      Datum[] parts = place.enter(frame);
      BigInteger by =
          delta == null
              ? BigInteger.ONE
              : Arguments.integer(delta.eval(frame), operator, evaluator);
      BigInteger before = Arguments.integer(place.get(frame, parts), operator, evaluator);
      Datum sum =
          new Datum.Int(
              meter.integer(sign.signum() > 0 ? before.add(by) : before.subtract(by)), null);
      place.set(frame, parts, sum);
      return sum;
    };
  }

  Node.Body remf(Cons form, Scope scope) {
    List<Datum> operands = operands(form, 2, 2);
    Place place = place(operands.getFirst(), scope);
    Node indicator = evaluator.prepare(operands.get(1), scope);
    return frame -> {
      Datum[] parts = place.enter(frame);
      Datum key = indicator.eval(frame);
      List<Datum> before = FormParts.list(place.get(frame, parts), "remf", meter);
      for (int i = 0; i + 1 < before.size(); i += 2) {
        if (Equality.eql(before.get(i), key)) {
          List<Datum> after = new ArrayList<>(before);
          after.subList(i, i + 2).clear();
          place.set(frame, parts, evaluator.list(after));
          return Evaluator.truth(true);
        }
      }
      return Datum.NIL;
    };
  }

  // ---- places

  private Place place(Datum form, Scope scope) {
    return switch (form) {
      case Datum.Symbol symbol -> variable(symbol, scope);
      case Cons call when call.car() instanceof Datum.Symbol head -> access(call, head, scope);
      default -> throw unknown(form);
    };
  }

  private MacroError unknown(Datum form) {
    return new MacroError(Message.NOT_A_PLACE, evaluator.printer().shown(form));
  }

  private Place variable(Datum.Symbol symbol, Scope scope) {
    SymbolName name = FormParts.variable(symbol, "setf");
    Datum expansion = evaluator.symbolMacro(name, scope);
    if (expansion != null) {
      return place(expansion, scope);
    }
    Scope.Place slot = evaluator.isSpecial(name) ? null : scope.find(Scope.Space.VARIABLE, name);
    Node reading = evaluator.prepare(symbol, scope);
    return new Place() {
      @Override
      public Datum[] enter(Frame frame) {
        return new Datum[0];
      }

      @Override
      public Datum get(Frame frame, Datum[] parts) {
        return reading.eval(frame);
      }

      @Override
      public void set(Frame frame, Datum[] parts, Datum value) {
        if (slot == null) {
          evaluator.setGlobal(name, value);
        } else {
          frame.at(slot.level()).slots[slot.index()] = value;
        }
      }
    };
  }

  private Place access(Cons call, Datum.Symbol head, Scope scope) {
    MacroFunction macro = evaluator.macro(head.name(), scope);
    if (macro != null && !writers.containsKey(head.name())) {
      return place(Values.primary(macro.expander().expand(call)), scope);
    }
    Cons definition = writers.get(head.name());
    if (definition != null) {
      return defined(definition, call, scope);
    }
    String name = head.name().text();
    List<Datum> operands = operands(call, 1, 3);
    if (name.equals("the") && operands.size() == 2) {
      return place(operands.get(1), scope);
    }
    if (name.equals("getf")) {
      return property(operands, scope);
    }
    Writing writing = writing(name);
    if (writing == null) {
      throw MacroError.undefinedPlace(evaluator.printer().shown(call));
    }
    List<Node> nodes = evaluator.prepareAll(operands, scope);
    Callable reader = evaluator.function(evaluator.cell(head.name()));
    return accessor(nodes, parts -> reader.call(parts.clone()), writing);
  }

  private static Place accessor(List<Node> nodes, Reading reading, Writing writing) {
    return new Place() {
      @Override
      public Datum[] enter(Frame frame) {
        Datum[] parts = new Datum[nodes.size()];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = nodes.get(i).eval(frame);
        }
        return parts;
      }

      @Override
      public Datum get(Frame frame, Datum[] parts) {
        return reading.get(parts);
      }

      @Override
      public void set(Frame frame, Datum[] parts, Datum value) {
        writing.set(parts, value);
      }
    };
  }

  private @Nullable Writing writing(String name) {
    if (name.length() >= 3 && name.length() <= 6 && name.matches("c[ad]{1,4}r")) {
      String inner = name.substring(2, name.length() - 1);
      boolean car = name.charAt(1) == 'a';
      return (parts, value) -> {
        Cons pair = pair(Lists.path(parts[0], inner, name, evaluator), name);
        if (car) {
          pair.setCar(value);
        } else {
          pair.setCdr(value);
        }
      };
    }
    return switch (name) {
      case "first" -> nth(0, name);
      case "second" -> nth(1, name);
      case "third" -> nth(2, name);
      case "fourth" -> nth(3, name);
      case "fifth" -> nth(4, name);
      case "rest" -> (parts, value) -> pair(parts[0], name).setCdr(value);
      case "nth" ->
          (parts, value) ->
              setNth(parts[1], Arguments.index(parts[0], name, evaluator), name, value);
      case "elt", "aref", "svref" ->
          (parts, value) ->
              setElement(parts[0], Arguments.index(parts[1], name, evaluator), name, value);
      case "gethash" ->
          (parts, value) -> {
            HashTable table = Arguments.table(parts[1], name, evaluator);
            if (table.entries().put(table.key(parts[0]), value) == null) {
              meter.cell();
            }
          };
      case "get" ->
          (parts, value) -> {
            meter.cell();
            evaluator
                .properties(Arguments.symbol(parts[0], name, evaluator).name())
                .put(Arguments.symbol(parts[1], name, evaluator).name(), value);
          };
      case "symbol-value" ->
          (parts, value) ->
              evaluator.setGlobal(Arguments.symbol(parts[0], name, evaluator).name(), value);
      default -> null;
    };
  }

  private Writing nth(int index, String name) {
    return (parts, value) -> setNth(parts[0], index, name, value);
  }

  private void setNth(Datum list, int index, String name, Datum value) {
    Datum at = list;
    for (int i = 0; i < index && at instanceof Cons pair; i++) {
      meter.step();
      at = pair.cdr();
    }
    pair(at, name).setCar(value);
  }

  private void setElement(Datum sequence, int index, String name, Datum value) {
    if (sequence instanceof Vector vector) {
      if (index >= vector.elements().size()) {
        throw new MacroError(Message.VECTOR_INDEX, name, index, vector.elements().size());
      }
      vector.elements().set(index, value);
    } else {
      setNth(sequence, index, name, value);
    }
  }

  private Cons pair(Datum datum, String name) {
    if (datum instanceof Cons pair) {
      return pair;
    }
    throw MacroError.type("setf of " + name, "a longer list", evaluator.printer().shown(datum));
  }

  /** {@code (getf PLACE KEY)}: the property list lies in a place itself. */
  private Place property(List<Datum> operands, Scope scope) {
    Place list = place(operands.getFirst(), scope);
    List<Node> nodes = evaluator.prepareAll(operands.subList(1, operands.size()), scope);
    return new Place() {
      @Override
      public Datum[] enter(Frame frame) {
        Datum[] outer = list.enter(frame);
        Datum[] parts = new Datum[outer.length + nodes.size()];
        System.arraycopy(outer, 0, parts, 0, outer.length);
        for (int i = 0; i < nodes.size(); i++) {
          parts[outer.length + i] = nodes.get(i).eval(frame);
        }
        return parts;
      }

      private Datum key(Datum[] parts) {
        return parts[parts.length - nodes.size()];
      }

      @Override
      public Datum get(Frame frame, Datum[] parts) {
        Datum missing = nodes.size() > 1 ? parts[parts.length - 1] : Datum.NIL;
        return Lists.property(list.get(frame, parts), key(parts), missing, evaluator);
      }

      @Override
      public void set(Frame frame, Datum[] parts, Datum value) {
        Datum before = list.get(frame, parts);
        Datum at = before;
        while (at instanceof Cons pair && pair.cdr() instanceof Cons next) {
          meter.step();
          if (Equality.eql(pair.car(), key(parts))) {
            next.setCar(value);
            return;
          }
          at = next.cdr();
        }
        list.set(frame, parts, evaluator.listWithTail(List.of(key(parts), value), before));
      }
    };
  }

  /** A place of {@code defsetf}: its operands are bound to fresh variables. */
  private Place defined(Cons definition, Cons call, Scope outer) {
    List<Datum> operands = FormParts.list(call.cdr(), FormParts.name(call), meter);
    List<Node> nodes = evaluator.prepareAll(operands, outer);
    Scope scope = outer.inner();
    List<Datum> variables = new ArrayList<>();
    for (int i = 0; i <= operands.size(); i++) {
      SymbolName name = evaluator.symbols().uninterned("place");
      scope.variable(name);
      variables.add(new Datum.Symbol(name, null));
    }
    Datum stored = variables.removeLast();
    Node reading = evaluator.prepare(evaluator.cons(call.car(), evaluator.list(variables)), scope);
    Node writing = evaluator.prepare(storing(definition, variables, stored), scope);
    return new Place() {
      @Override
      public Datum[] enter(Frame frame) {
        Datum[] parts = new Datum[nodes.size()];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = nodes.get(i).eval(frame);
        }
        return parts;
      }

      private Frame inner(Frame frame, Datum[] parts, Datum value) {
        Frame inner = new Frame(frame, scope.size());
        System.arraycopy(parts, 0, inner.slots, 0, parts.length);
        inner.slots[parts.length] = value;
        return inner;
      }

      @Override
      public Datum get(Frame frame, Datum[] parts) {
        return reading.eval(inner(frame, parts, Datum.NIL));
      }

      @Override
      public void set(Frame frame, Datum[] parts, Datum value) {
        writing.execute(inner(frame, parts, value));
      }
    };
  }

  /** The form that stores: {@code (defsetf A WRITER)} or {@code (defsetf A LAMBDA-LIST (V) …)}. */
  private Datum storing(Cons definition, List<Datum> variables, Datum stored) {
    List<Datum> parts = FormParts.operands(definition, 2, meter);
    if (parts.size() == 2) {
      List<Datum> all = new ArrayList<>(variables);
      all.add(stored);
      return evaluator.cons(parts.get(1), evaluator.list(all));
    }
    List<Datum> stores = FormParts.list(parts.get(2), "defsetf", meter);
    if (stores.size() != 1) {
      throw new MacroError(Message.DEFSETF_STORE_VARIABLE);
    }
    Scope scope = Scope.outermost(LexicalMacros.NONE);
    int slot = scope.variable(FormParts.variable(stores.getFirst(), "defsetf"));
    LambdaList parameters =
        LambdaList.parse(evaluator, parts.get(1), scope, FormParts.name(definition), false);
    Node.Body body =
        evaluator.prepareBody(FormParts.body(parts.subList(3, parts.size()), true), scope);
    Frame frame = new Frame(null, scope.size());
    frame.slots[slot] = stored;
    parameters.bind(frame, variables.toArray(Datum[]::new));
    return Values.primary(body.run(frame));
  }
}
