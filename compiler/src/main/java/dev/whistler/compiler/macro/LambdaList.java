package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of a function, a macro or {@code destructuring-bind} (section 18.3), prepared for
 * binding into the slots of a frame.
 */
final class LambdaList {
  /** What receives an argument. */
  private sealed interface Target {}

  private record Slot(int index) implements Target {}

  private record Nested(LambdaList parameters) implements Target {}

  private record Optional(Target target, @Nullable Node initial, int supplied) {}

  private record Key(SymbolName keyword, Target target, @Nullable Node initial, int supplied) {}

  private static final int NO_SLOT = -1;

  private final Evaluator evaluator;
  private final Scope scope;
  private final String operator;
  private final Datum written;
  private final boolean destructures;
  private final List<Target> required = new ArrayList<>();
  private final List<Optional> optional = new ArrayList<>();
  private final List<Key> keys = new ArrayList<>();
  private final List<Optional> auxiliary = new ArrayList<>();
  private final Map<SymbolName, Integer> specials = new HashMap<>();
  private int whole = NO_SLOT;
  private @Nullable Target rest;
  private boolean hasKeys;
  private boolean allowsOtherKeys;

  private LambdaList(
      Evaluator evaluator, Scope scope, String operator, Datum written, boolean destructures) {
    this.evaluator = evaluator;
    this.scope = scope;
    this.operator = operator;
    this.written = written;
    this.destructures = destructures;
  }

  /**
   * Parses a lambda list and adds its variables to the scope.
   *
   * @param operator named in messages
   * @param destructures whether nested lists and dotted tails are allowed
   */
  static LambdaList parse(
      Evaluator evaluator, Datum written, Scope scope, String operator, boolean destructures) {
    LambdaList list = new LambdaList(evaluator, scope, operator, written, destructures);
    list.parse();
    return list;
  }

  private enum Section {
    REQUIRED,
    OPTIONAL,
    REST,
    KEY,
    AUX
  }

  private void parse() {
    Section section = Section.REQUIRED;
    Datum at = written;
    while (at instanceof Cons pair) {
      evaluator.meter().step();
      Datum item = pair.car();
      at = pair.cdr();
      String marker = marker(item);
      switch (marker) {
        case "&optional" -> section = after(section, Section.OPTIONAL);
        case "&key" -> {
          section = after(section, Section.KEY);
          hasKeys = true;
        }
        case "&aux" -> section = after(section, Section.AUX);
        case "&allow-other-keys" -> allowsOtherKeys = true;
        case "&rest", "&body", "&whole", "&environment" -> {
          if (!(at instanceof Cons next)) {
            throw new MacroError(Message.LAMBDA_LIST_VARIABLE_MISSING, operator, marker);
          }
          at = next.cdr();
          switch (marker) {
            case "&whole" -> whole = variable(next.car());
            case "&environment" -> variable(next.car());
            default -> {
              section = after(section, Section.REST);
              rest = target(next.car());
            }
          }
        }
        case "" -> parameter(section, item);
        default -> throw new MacroError(Message.LAMBDA_LIST_MARKER_UNKNOWN, operator, marker);
      }
    }
    if (!Datum.isNil(at)) {
      if (!destructures || rest != null || hasKeys) {
        throw new MacroError(Message.LAMBDA_LIST_DOTTED, operator);
      }
      rest = target(at);
    }
  }

  private static String marker(Datum item) {
    return item instanceof Datum.Symbol symbol && symbol.name().text().startsWith("&")
        ? symbol.name().text()
        : "";
  }

  private Section after(Section before, Section next) {
    if (next.compareTo(before) <= 0) {
      throw new MacroError(Message.LAMBDA_LIST_ORDER, operator);
    }
    return next;
  }

  private void parameter(Section section, Datum item) {
    switch (section) {
      case REQUIRED -> required.add(target(item));
      case OPTIONAL -> optional.add(optional(item));
      case KEY -> keys.add(key(item));
      case AUX -> auxiliary.add(optional(item));
      case REST -> throw new MacroError(Message.LAMBDA_LIST_SECOND_REST, operator);
    }
  }

  private Target target(Datum item) {
    if (item instanceof Cons || (destructures && Datum.isNil(item))) {
      if (!destructures) {
        throw new MacroError(Message.LAMBDA_LIST_DESTRUCTURES, operator);
      }
      evaluator.meter().enter();
      try {
        return new Nested(parse(evaluator, item, scope, operator, true));
      } finally {
        evaluator.meter().leave();
      }
    }
    return new Slot(variable(item));
  }

  private int variable(Datum item) {
    SymbolName name = FormParts.variable(item, "the lambda list of " + operator);
    int slot = scope.variable(name);
    if (evaluator.isSpecial(name)) {
      specials.put(name, slot);
    }
    return slot;
  }

  /** {@code v} or {@code (v default supplied-p)}; the default sees only variables before it. */
  private Optional optional(Datum item) {
    if (!(item instanceof Cons)) {
      return new Optional(target(item), null, NO_SLOT);
    }
    List<Datum> parts = parts(item);
    Node initial = parts.size() > 1 ? evaluator.prepare(parts.get(1), scope) : null;
    Target target = target(parts.getFirst());
    return new Optional(target, initial, parts.size() > 2 ? variable(parts.get(2)) : NO_SLOT);
  }

  private Key key(Datum item) {
    if (!(item instanceof Cons)) {
      return new Key(keyword(item), target(item), null, NO_SLOT);
    }
    List<Datum> parts = parts(item);
    Node initial = parts.size() > 1 ? evaluator.prepare(parts.get(1), scope) : null;
    Datum name = parts.getFirst();
    SymbolName keyword;
    if (name instanceof Cons) {
      List<Datum> renamed = FormParts.list(name, operator, evaluator.meter());
      if (renamed.size() != 2 || !(renamed.getFirst() instanceof Datum.Symbol given)) {
        throw new MacroError(Message.LAMBDA_LIST_KEY_SHAPE, operator);
      }
      keyword = given.name();
      name = renamed.get(1);
    } else {
      keyword = keyword(name);
    }
    Target target = target(name);
    return new Key(keyword, target, initial, parts.size() > 2 ? variable(parts.get(2)) : NO_SLOT);
  }

  private SymbolName keyword(Datum variable) {
    return evaluator
        .symbols()
        .literalKeyword(FormParts.variable(variable, "the lambda list of " + operator).text());
  }

  private List<Datum> parts(Datum item) {
    List<Datum> parts = FormParts.list(item, operator, evaluator.meter());
    if (parts.size() > 3) {
      throw new MacroError(Message.LAMBDA_LIST_PARAMETER_SHAPE, operator);
    }
    return parts;
  }

  // ---- binding

  /** Binds the arguments of a function call. */
  void bind(Frame frame, Datum... arguments) {
    if (optional.isEmpty() && rest == null && !hasKeys && auxiliary.isEmpty()) {
      if (arguments.length != required.size()) {
        throw arity();
      }
      for (int i = 0; i < arguments.length; i++) {
        receive(required.get(i), frame, arguments[i]);
      }
      return;
    }
    bind(frame, evaluator.list(List.of(arguments)), Datum.NIL);
  }

  /** Binds the operands of a macro call; {@code &whole} gets the call. */
  void bindCall(Frame frame, Cons call) {
    bind(frame, call.cdr(), call);
  }

  /** Binds the parts of a datum, for {@code destructuring-bind}. */
  void bindData(Frame frame, Datum data) {
    bind(frame, data, data);
  }

  private void bind(Frame frame, Datum arguments, Datum all) {
    evaluator.meter().enter();
    try {
      if (whole != NO_SLOT) {
        frame.slots[whole] = all;
      }
      Datum at = arguments;
      for (Target target : required) {
        if (!(at instanceof Cons pair)) {
          throw arity();
        }
        receive(target, frame, pair.car());
        at = pair.cdr();
      }
      for (Optional parameter : optional) {
        boolean supplied = at instanceof Cons;
        if (at instanceof Cons pair) {
          receive(parameter.target, frame, pair.car());
          at = pair.cdr();
        } else {
          receive(parameter.target, frame, initial(parameter.initial, frame));
        }
        note(parameter.supplied, frame, supplied);
      }
      if (rest != null) {
        receive(rest, frame, at);
      }
      if (hasKeys) {
        bindKeys(frame, at);
      } else if (rest == null && !Datum.isNil(at)) {
        throw arity();
      }
      for (Optional variable : auxiliary) {
        receive(variable.target, frame, initial(variable.initial, frame));
      }
    } finally {
      evaluator.meter().leave();
    }
  }

  private void bindKeys(Frame frame, Datum arguments) {
    List<Datum> list = FormParts.list(arguments, operator, evaluator.meter());
    if (list.size() % 2 != 0) {
      throw new MacroError(Message.KEYWORD_ARGUMENTS_ODD, operator);
    }
    Map<SymbolName, Datum> given = new HashMap<>();
    boolean others = allowsOtherKeys;
    for (int i = 0; i < list.size(); i += 2) {
      if (!(list.get(i) instanceof Datum.Symbol symbol)) {
        throw new MacroError(
            Message.KEYWORD_EXPECTED, operator, evaluator.printer().shown(list.get(i)));
      }
      if (symbol.name().isKeyword() && symbol.name().text().equals("allow-other-keys")) {
        others |= !Datum.isNil(list.get(i + 1));
      } else {
        given.putIfAbsent(symbol.name(), list.get(i + 1));
      }
    }
    for (Key key : keys) {
      Datum value = given.remove(key.keyword);
      note(key.supplied, frame, value != null);
      receive(key.target, frame, value != null ? value : initial(key.initial, frame));
    }
    if (!others && !given.isEmpty()) {
      String unknown =
          given.keySet().stream().map(SymbolName::toString).sorted().toList().getFirst();
      throw new MacroError(Message.KEYWORD_NOT_IN_LAMBDA_LIST, operator, unknown, shown());
    }
  }

  private Datum initial(@Nullable Node initial, Frame frame) {
    return initial == null ? Datum.NIL : initial.eval(frame);
  }

  private static void note(int slot, Frame frame, boolean supplied) {
    if (slot != NO_SLOT) {
      frame.slots[slot] = Evaluator.truth(supplied);
    }
  }

  private void receive(Target target, Frame frame, Datum value) {
    switch (target) {
      case Slot(int index) -> frame.slots[index] = value;
      case Nested(LambdaList parameters) -> parameters.bindData(frame, value);
    }
  }

  private MacroError arity() {
    return new MacroError(Message.LAMBDA_LIST_MISMATCH, operator, shown());
  }

  private String shown() {
    return evaluator.printer().shown(written);
  }

  /** A body around which parameters that are special variables are bound dynamically. */
  Node.Body withSpecials(Evaluator evaluator, Node.Body body) {
    Node.Body result = body;
    for (Map.Entry<SymbolName, Integer> special : specials.entrySet()) {
      Node.Body inside = result;
      SymbolName name = special.getKey();
      int slot = special.getValue();
      result = frame -> evaluator.withDynamic(name, frame.slots[slot], inside, frame);
    }
    return result;
  }
}
