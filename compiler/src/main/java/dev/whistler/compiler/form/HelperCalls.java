package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.ProgramContext;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.table.Parameter;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.KernelLayout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Stack;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls of kernel helpers: arguments are checked by the codes of appendix E (section 16). */
final class HelperCalls {
  /** Licences that the kernel takes as GPL-compatible (section 15.6). */
  private static final Set<String> GPL_COMPATIBLE =
      Set.of(
          "GPL",
          "GPL v2",
          "GPL and additional rights",
          "Dual BSD/GPL",
          "Dual MIT/GPL",
          "Dual MPL/GPL");

  private static final KernelLayout TASK = new KernelLayout("task-struct", "task_struct", 0, 8);

  private HelperCalls() {}

  static void register(Map<String, Operator> table) {
    table.put("tail-call", HelperCalls::tailCall);
    for (Helper helper : Helpers.all()) {
      boolean later =
          helper.parameters().stream()
              .anyMatch(p -> p instanceof Parameter.Callback || p instanceof Parameter.Later);
      table.putIfAbsent(
          helper.name(),
          later
              ? (form, body, use) -> levelThree(helper, form, body)
              : (form, body, use) -> call(helper, form, body));
    }
  }

  /** {@code (tail-call m i)}: goes on here only if the slot is empty (section 16.5). */
  private static Expr tailCall(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    Helper helper = Helpers.TAIL_CALL;
    checkAllowed(helper, form.origin(), body);
    body.exits().tailCall(form.origin());
    MapDefinition programs =
        map((Parameter.MapOf) helper.parameters().get(1), form.operand(0), helper, body);
    Expr index = body.value(form.operand(1));
    body.exits().checkNothingPending(form.origin());
    Expr call =
        new Expr.Call(
            helper,
            List.of(
                new Expr.Argument.Value(ContextForms.contextPointer(form.origin())),
                new Expr.Argument.Map(programs),
                new Expr.Argument.Value(index)),
            ScalarType.I64,
            form.origin());
    Expr zero = form.at().zero();
    return new Expr.Sequence(List.of(call, zero), form.origin());
  }

  private static Expr levelThree(Helper helper, Form form, BodyAnalyzer body) {
    throw body.fail(Message.HELPER_LEVEL_3, form.origin(), helper.name());
  }

  /** Checks that the program may call a helper at all. */
  static void checkAllowed(String name, Origin at, BodyAnalyzer body) {
    checkAllowed(Helpers.named(name).orElseThrow(), at, body);
  }

  static void checkAllowed(Helper helper, Origin at, BodyAnalyzer body) {
    ProgramContext program = body.program();
    if (!Helpers.available(helper, program.type(), program.sleepable())) {
      throw body.fail(
          program.sleepable() ? Message.HELPER_NOT_FOR_SLEEPABLE : Message.HELPER_NOT_FOR_TYPE,
          at,
          helper.name(),
          program.type());
    }
    KernelDescription kernel = body.unit().request().kernel();
    if (kernel != null
        && kernel.feature("helper:" + program.type() + ":" + helper.id())
            == KernelDescription.Answer.ABSENT) {
      throw body.fail(Message.HELPER_NOT_IN_KERNEL, at, helper.name(), program.type());
    }
    if (helper.gplOnly() && !GPL_COMPATIBLE.contains(program.license())) {
      body.report(Message.HELPER_NEEDS_GPL, at, helper.name(), program.license());
    }
    body.unit().tier().checkHelper(helper, body.diagnostics(), at);
  }

  private static Expr call(Helper helper, Form form, BodyAnalyzer body) {
    int min = helper.parameters().size();
    body.arity(form, min, helper.variadic() ? min + 3 : min);
    checkAllowed(helper, form.origin(), body);
    List<Expr.Argument> arguments = new ArrayList<>();
    AnalysisException failure = null;
    MapDefinition map = null;
    for (int i = 0; i < form.count(); i++) {
      Parameter parameter = helper.parameter(i);
      try {
        Expr.Argument argument =
            parameter == null
                ? word(body.value(form.operand(i)), body)
                : argument(parameter, form.operand(i), map, helper, body);
        if (argument instanceof Expr.Argument.Map m) {
          map = m.map();
        }
        arguments.add(argument);
      } catch (AnalysisException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    checkSizes(helper, form, arguments, body);
    body.findings().kinds().filled(helper, arguments, body.bindings());
    return result(helper, form, arguments, map, body);
  }

  /** Analyzes one operand by what the helper takes there. */
  static Expr.Argument argument(
      Parameter parameter,
      Datum operand,
      @Nullable MapDefinition map,
      Helper helper,
      BodyAnalyzer body) {
    switch (parameter) {
      case Parameter.MapOf maps -> {
        return new Expr.Argument.Map(map(maps, operand, helper, body));
      }
      case Parameter.Text _ -> {
        if (operand instanceof Datum.Str text) {
          return new Expr.Argument.Text(text.text());
        }
        throw body.fail(Message.HELPER_NEEDS_STRING, body.originOf(operand), helper.name());
      }
      case Parameter.Key _, Parameter.ValueOf _ -> {
        return slot(parameter, operand, map, body);
      }
      default -> {
        Expr value = body.value(operand);
        boolean zero =
            parameter.zeroAllowed() && value instanceof Expr.Constant c && c.value() == 0;
        return zero
            ? new Expr.Argument.Value(value)
            : argument(parameter, value, map, helper, body);
      }
    }
  }

  private static Expr.Argument argument(
      Parameter parameter,
      Expr value,
      @Nullable MapDefinition map,
      Helper helper,
      BodyAnalyzer body) {
    boolean mayBeNull = parameter.zeroAllowed() && value.type() instanceof PointerType;
    switch (parameter) {
      case Parameter.Word _ -> {
        return word(value, body);
      }
      case Parameter.ForeignAddress _ -> requireAddress(value, body);
      case Parameter.KernelObject _, Parameter.AnyPointer _, Parameter.Reservation _
          when !mayBeNull -> {
        requireAddress(value, body);
        if (value.type() instanceof PointerType) {
          Pointers.checked(value, body);
        }
      }
      default -> {
        if (!mayBeNull) {
          requireMemory(parameter, value, map, helper, body);
        }
      }
    }
    return new Expr.Argument.Value(value);
  }

  private static Expr.Argument word(Expr value, BodyAnalyzer body) {
    if (value.type() instanceof PointerType p && p.nullable() && p.region() != Region.KERNEL) {
      Pointers.checked(value, body);
    }
    return new Expr.Argument.Value(value);
  }

  private static void requireMemory(
      Parameter parameter,
      Expr value,
      @Nullable MapDefinition map,
      Helper helper,
      BodyAnalyzer body) {
    requireAddress(value, body);
    Pointers.checked(value, body);
    if (parameter instanceof Parameter.Memory m && m.access() != Parameter.Access.READ) {
      body.unit().tier().checkStore(value.type(), body.diagnostics(), value.origin());
    }
    int fixed =
        switch (parameter) {
          case Parameter.Memory(_, Parameter.Size.Fixed(int bytes), _) -> bytes;
          case Parameter.ValueBytes _ when map != null -> map.value().size();
          default -> -1;
        };
    int known = Pointers.knownSize(value);
    if (fixed > 0 && known >= 0 && known < fixed) {
      throw tooSmall(helper, fixed, known, value.origin(), body);
    }
  }

  private static Expr.Argument slot(
      Parameter parameter, Datum operand, @Nullable MapDefinition map, BodyAnalyzer body) {
    if (map == null) {
      Expr value = body.value(operand);
      requireAddress(value, body);
      return new Expr.Argument.Value(value);
    }
    if (parameter.zeroAllowed() && body.constant(operand).orElse(1) == 0) {
      return new Expr.Argument.Value(body.value(operand));
    }
    return new Expr.Argument.InSlot(
        parameter instanceof Parameter.Key
            ? SlotRule.key(map, operand, body)
            : SlotRule.value(map, operand, body));
  }

  private static void requireAddress(Expr value, BodyAnalyzer body) {
    if (value.type() instanceof ScalarType scalar && scalar.width() <= 2) {
      throw body.fail(Message.ADDRESS_EXPECTED, value.origin(), scalar.text());
    }
  }

  private static MapDefinition map(
      Parameter.MapOf parameter, Datum operand, Helper helper, BodyAnalyzer body) {
    MapDefinition map = MapForms.map(operand, body);
    if (!parameter.types().contains(map.type())) {
      throw body.fail(
          Message.HELPER_MAP_TYPE,
          body.originOf(operand),
          helper.name(),
          parameter.name(),
          map.name(),
          map.type().text());
    }
    return map;
  }

  private static AnalysisException tooSmall(
      Helper helper, long size, int known, Origin at, BodyAnalyzer body) {
    return body.fail(Message.HELPER_MEMORY_TOO_SMALL, at, helper.name(), size, known);
  }

  /** Areas whose size is another argument must be large enough (section 16.2). */
  private static void checkSizes(
      Helper helper, Form form, List<Expr.Argument> arguments, BodyAnalyzer body) {
    for (int i = 0; i < arguments.size(); i++) {
      if (helper.parameter(i) instanceof Parameter.Memory(_, Parameter.Size.Argument(int at), _)
          && at < arguments.size()
          && arguments.get(i) instanceof Expr.Argument.Value area
          && arguments.get(at) instanceof Expr.Argument.Value(Expr.Constant size)
          && area.value().type() instanceof PointerType pointer) {
        boolean tooLarge =
            pointer.size() >= 0 && Long.compareUnsigned(size.value(), pointer.size()) > 0;
        boolean beyondStack =
            pointer.region() == Region.STACK && Long.compareUnsigned(size.value(), Stack.BYTES) > 0;
        if (tooLarge || beyondStack) {
          throw tooSmall(
              helper,
              size.value(),
              pointer.size() >= 0 ? pointer.size() : Stack.BYTES,
              body.originOf(form.operand(at)),
              body);
        }
      }
    }
  }

  private static Expr result(
      Helper helper,
      Form form,
      List<Expr.Argument> arguments,
      @Nullable MapDefinition map,
      BodyAnalyzer body) {
    StaticType type = resultType(helper, map);
    Expr call = new Expr.Call(helper, arguments, type, form.origin());
    Expr result =
        type instanceof ScalarType scalar && scalar.width() < 8
            ? new Expr.Convert(scalar, call, form.origin())
            : call;
    if (helper.has(Helper.Trait.ACQUIRES)) {
      body.exits()
          .acquire(
              result, new Resource("the socket of " + helper.name(), null, false, form.origin()));
    }
    if (helper.has(Helper.Trait.RELEASES)
        && arguments.getFirst() instanceof Expr.Argument.Value socket) {
      Resource resource = body.exits().resourceOf(socket.value());
      if (resource != null) {
        body.setFlow(body.flow().withState(resource, Resource.State.DEAD));
      }
    }
    return helper.result() instanceof Helper.Result.Nothing ? body.effect(result) : result;
  }

  private static StaticType resultType(Helper helper, @Nullable MapDefinition map) {
    if (helper.has(Helper.Trait.TASK)) {
      return new PointerType(Region.KERNEL, TASK, -1, false);
    }
    return switch (helper.result()) {
      case Helper.Result.Nothing _ -> ScalarType.U64;
      case Helper.Result.Number number -> number.type();
      case Helper.Result.Memory memory ->
          new PointerType(
              map == null ? Region.UNKNOWN : Region.MAP_VALUE,
              map == null ? null : map.value().layout(),
              map == null ? -1 : map.value().size(),
              memory.nullable());
      case Helper.Result.KernelObject object ->
          new PointerType(Region.KERNEL, null, -1, object.nullable());
    };
  }
}
