package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TypeNames;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructLayout;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** {@code do-user-ptrs} and {@code do-user-array} (section 8.1). */
final class UserMemoryLoops {
  private static final List<String> POINTERS = List.of("v", "base", "count", "bound");
  private static final List<String> ARRAY = List.of("v", "type", "base", "count", "bound");

  private UserMemoryLoops() {}

  static void register(Map<String, Operator> table) {
    table.put("do-user-ptrs", UserMemoryLoops::pointers);
    table.put("do-user-array", UserMemoryLoops::array);
  }

  /**
   * What a use gives to its template: the parts of the head and the forms.
   *
   * @param names of the parts that must be there; {@code :index i} may follow
   */
  private static Map<String, Datum> arguments(
      Form form, List<String> names, String shape, BodyAnalyzer body) {
    body.arity(form, 1, -1);
    Datum datum = form.operand(0);
    List<Datum> head =
        ProperList.require(datum, "the head of " + form.name(), form.origin(), body.diagnostics());
    if (head.size() < names.size()) {
      throw body.fail(Message.USER_LOOP_HEAD, body.originOf(datum), form.name(), shape);
    }
    Map<String, Datum> arguments = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      arguments.put(names.get(i), head.get(i));
    }
    arguments.put("forms", ProperList.of(form.from(1), null));
    List<Datum> options = head.subList(names.size(), head.size());
    if (options.size() == 2
        && options.getFirst() instanceof Datum.Symbol s
        && s.name().isKeyword()
        && s.name().text().equals("index")) {
      arguments.put("index", options.get(1));
    } else if (!options.isEmpty()) {
      throw body.fail(Message.USER_LOOP_OPTION_UNKNOWN, body.originOf(datum));
    }
    return arguments;
  }

  private static Expr pointers(Form form, BodyAnalyzer body, Use use) {
    Map<String, Datum> arguments = arguments(form, POINTERS, "(v base count C [:index i])", body);
    return StandardMacros.analyze("do-user-ptrs", arguments, form, body);
  }

  private static Expr array(Form form, BodyAnalyzer body, Use use) {
    Map<String, Datum> arguments = arguments(form, ARRAY, "(v TYPE base count C [:index i])", body);
    Datum type = Objects.requireNonNull(arguments.get("type"));
    Optional<ScalarType> scalar = TypeNames.scalar(type);
    if (scalar.isPresent()) {
      arguments.put("size", integer(scalar.get().width()));
      return StandardMacros.analyze("do-user-array-of-scalars", arguments, form, body);
    }
    String name = type instanceof Datum.Symbol s ? s.name().text() : "";
    StructLayout struct = body.tables().structs().get(name);
    if (struct == null) {
      throw body.fail(Message.USER_ARRAY_TYPE, body.originOf(type));
    }
    arguments.put("size", integer(struct.size()));
    arguments.put(
        "maker", new Datum.Symbol(body.unit().symbols().uninterned("make-" + name), null));
    return StandardMacros.analyze("do-user-array-of-structs", arguments, form, body);
  }

  private static Datum integer(int value) {
    return new Datum.Int(BigInteger.valueOf(value), null);
  }
}
