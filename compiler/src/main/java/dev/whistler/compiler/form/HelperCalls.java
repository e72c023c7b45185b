package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.KernelLayout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls of kernel helpers: arguments are checked by the codes of appendix E (section 16). */
final class HelperCalls {
  private static final int BIGGEST_STACK_AREA = 512;

  /** Licences that the kernel takes as GPL-compatible (section 15.6). */
  private static final Set<String> GPL_COMPATIBLE =
      Set.of(
          "GPL",
          "GPL v2",
          "GPL and additional rights",
          "Dual BSD/GPL",
          "Dual MIT/GPL",
          "Dual MPL/GPL");

  /** Results that must be released by {@code sk-release} (section 16.2). */
  private static final Set<Integer> ACQUIRING = Set.of(84, 85, 99);

  private static final int TAIL_CALL = 12;
  private static final int SK_RELEASE = 86;

  private static final KernelLayout TASK = new KernelLayout("task-struct", "task_struct", 0, 8);

  private HelperCalls() {}

  static void register(Map<String, Operator> table) {
    table.put("tail-call", HelperCalls::tailCall);
    for (Helper helper : Helpers.all()) {
      boolean later = helper.parameters().stream().anyMatch(Set.of("f", "D", "T", "L")::contains);
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
    Helper helper = Helpers.withId(TAIL_CALL);
    checkAllowed(helper, form.origin(), body);
    body.exits().tailCall(form.origin());
    MapDefinition programs = map("m:prog-array", form.operand(0), helper, body);
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
    Expr zero = new Expr.Constant(0, ScalarType.U64, form.origin());
    return new Expr.Sequence(List.of(call, zero), form.origin());
  }

  private static Expr levelThree(Helper helper, Form form, BodyAnalyzer body) {
    throw body.fail(
        Code.E_UNKNOWN,
        form.origin(),
        "the helper "
            + helper.name()
            + " takes callbacks, dynptrs, timers or locks, which this"
            + " compiler does not have",
        "level 3 (section 19.6)");
  }

  /** Checks that the program may call a helper at all. */
  static void checkAllowed(String name, Origin at, BodyAnalyzer body) {
    checkAllowed(Helpers.named(name).orElseThrow(), at, body);
  }

  private static void checkAllowed(Helper helper, Origin at, BodyAnalyzer body) {
    ProgramContext program = body.program();
    if (!Helpers.available(helper, program.type(), program.sleepable())) {
      throw body.fail(
          Code.E_HELPER,
          at,
          "the helper " + helper.name() + " is not for programs of type :" + program.type(),
          program.sleepable() ? null : "some helpers need a sleepable program or another type");
    }
    KernelDescription kernel = body.unit().request().kernel();
    if (kernel != null
        && kernel.feature("helper:" + program.type() + ":" + helper.id())
            == KernelDescription.Answer.ABSENT) {
      throw body.fail(
          Code.E_HELPER,
          at,
          "this kernel does not offer the helper "
              + helper.name()
              + " to programs of type :"
              + program.type());
    }
    if (helper.gplOnly() && !GPL_COMPATIBLE.contains(program.license())) {
      body.report(
          Code.E_GPL,
          at,
          "the helper "
              + helper.name()
              + " needs a GPL-compatible licence, not \""
              + program.license()
              + "\"",
          "state :license \"GPL\" or \"Dual MIT/GPL\"");
    }
    body.unit().tier().checkHelper(helper, body.diagnostics(), at);
  }

  private static Expr call(Helper helper, Form form, BodyAnalyzer body) {
    List<String> codes = helper.parameters();
    boolean variable = !codes.isEmpty() && codes.getLast().endsWith("…");
    int min = variable ? codes.size() - 1 : codes.size();
    body.arity(form, min, variable ? min + 3 : min);
    checkAllowed(helper, form.origin(), body);
    List<Expr.Argument> arguments = new ArrayList<>();
    AnalysisException failure = null;
    MapDefinition map = null;
    for (int i = 0; i < form.count(); i++) {
      String code = i < codes.size() ? codes.get(i) : "x";
      try {
        Expr.Argument argument =
            argument(code.endsWith("…") ? "x" : code, form.operand(i), map, helper, body);
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

  /** Analyzes one operand by its argument code. */
  static Expr.Argument argument(
      String code, Datum operand, @Nullable MapDefinition map, Helper helper, BodyAnalyzer body) {
    boolean zeroAllowed = code.endsWith("?");
    String plain = zeroAllowed ? code.substring(0, code.length() - 1) : code;
    if (plain.equals("m") || plain.startsWith("m:")) {
      return new Expr.Argument.Map(map(plain, operand, helper, body));
    }
    if (plain.equals("s")) {
      if (operand instanceof Datum.Str text) {
        return new Expr.Argument.Text(text.text());
      }
      throw body.fail(
          Code.E_STRING,
          body.originOf(operand),
          helper.name() + " takes a constant string here",
          "write it in double quotes");
    }
    if (plain.equals("k") || plain.equals("v")) {
      return slot(plain, operand, zeroAllowed, map, body);
    }
    Expr value = body.value(operand);
    boolean zero = zeroAllowed && value instanceof Expr.Constant c && c.value() == 0;
    if (zero) {
      return new Expr.Argument.Value(value);
    }
    if (plain.equals("x")) {
      if (value.type() instanceof PointerType p && p.nullable() && p.region() != Region.KERNEL) {
        Pointers.checked(value, body);
      }
      return new Expr.Argument.Value(value);
    }
    if (plain.equals("a")) {
      requireAddress(value, body);
      return new Expr.Argument.Value(value);
    }
    if (zeroAllowed && value.type() instanceof PointerType) {
      return new Expr.Argument.Value(value);
    }
    requireAddress(value, body);
    if (plain.equals("K") || plain.equals("p") || plain.equals("cK") || plain.equals("R")) {
      if (value.type() instanceof PointerType) {
        Pointers.checked(value, body);
      }
      return new Expr.Argument.Value(value);
    }
    Pointers.checked(value, body);
    if (plain.startsWith("w") || plain.startsWith("rw")) {
      body.unit().tier().checkStore(value.type(), body.diagnostics(), value.origin());
    }
    int fixed = fixedSize(plain);
    int known = Pointers.knownSize(value);
    if (plain.equals("W") && map != null) {
      fixed = map.value().size();
    }
    if (fixed > 0 && known >= 0 && known < fixed) {
      throw tooSmall(helper, fixed, known, value.origin(), body);
    }
    return new Expr.Argument.Value(value);
  }

  private static int fixedSize(String code) {
    int equals = code.indexOf('=');
    return equals < 0 ? -1 : Integer.parseInt(code.substring(equals + 1));
  }

  private static Expr.Argument slot(
      String code,
      Datum operand,
      boolean zeroAllowed,
      @Nullable MapDefinition map,
      BodyAnalyzer body) {
    if (map == null) {
      Expr value = body.value(operand);
      requireAddress(value, body);
      return new Expr.Argument.Value(value);
    }
    if (zeroAllowed && body.constant(operand).orElse(1) == 0) {
      return new Expr.Argument.Value(body.value(operand));
    }
    return new Expr.Argument.InSlot(
        code.equals("k") ? SlotRule.key(map, operand, body) : SlotRule.value(map, operand, body));
  }

  private static void requireAddress(Expr value, BodyAnalyzer body) {
    if (value.type() instanceof ScalarType scalar && scalar.width() <= 2) {
      throw body.fail(
          Code.E_PTRARG,
          value.origin(),
          "a " + scalar.text() + " value cannot be an address",
          "pass a pointer, for example the result of an accessor that ends in -ptr");
    }
  }

  private static MapDefinition map(String code, Datum operand, Helper helper, BodyAnalyzer body) {
    MapDefinition map = MapForms.map(operand, body);
    if (code.startsWith("m:") && !related(code.substring(2)).contains(map.type())) {
      throw body.fail(
          Code.E_MAPTYPE,
          body.originOf(operand),
          helper.name()
              + " takes a map of type :"
              + code.substring(2)
              + ", and "
              + map.name()
              + " has type :"
              + map.type().text());
    }
    return map;
  }

  private static Set<MapType> related(String code) {
    return switch (code) {
      case "devmap" -> Set.of(MapType.DEVMAP, MapType.DEVMAP_HASH, MapType.CPUMAP, MapType.XSKMAP);
      case "queue" -> Set.of(MapType.QUEUE, MapType.STACK, MapType.BLOOM_FILTER);
      case "sockmap" -> Set.of(MapType.SOCKMAP, MapType.SOCKHASH);
      case "percpu-array" ->
          Set.of(MapType.PERCPU_ARRAY, MapType.PERCPU_HASH, MapType.LRU_PERCPU_HASH);
      default -> MapType.named(code).map(Set::of).orElse(Set.of());
    };
  }

  private static AnalysisException tooSmall(
      Helper helper, long size, int known, Origin at, BodyAnalyzer body) {
    return body.fail(
        Code.E_SIZE,
        at,
        helper.name() + " is given " + size + " bytes, but the memory has only " + known);
  }

  /** Areas whose size is another argument must be large enough (section 16.2). */
  private static void checkSizes(
      Helper helper, Form form, List<Expr.Argument> arguments, BodyAnalyzer body) {
    for (int i = 0; i < helper.parameters().size(); i++) {
      String code = helper.parameters().get(i);
      char last = code.charAt(code.length() - 1);
      boolean sized =
          (code.startsWith("w") || code.startsWith("r"))
              && Character.isDigit(last)
              && code.indexOf('=') < 0;
      if (!sized || i >= arguments.size() || last - '1' >= arguments.size()) {
        continue;
      }
      if (arguments.get(i) instanceof Expr.Argument.Value area
          && arguments.get(last - '1') instanceof Expr.Argument.Value(Expr.Constant size)
          && area.value().type() instanceof PointerType pointer) {
        boolean tooLarge =
            pointer.size() >= 0 && Long.compareUnsigned(size.value(), pointer.size()) > 0;
        boolean beyondStack =
            pointer.region() == Region.STACK
                && Long.compareUnsigned(size.value(), BIGGEST_STACK_AREA) > 0;
        if (tooLarge || beyondStack) {
          throw tooSmall(
              helper,
              size.value(),
              pointer.size() >= 0 ? pointer.size() : BIGGEST_STACK_AREA,
              body.originOf(form.operand(last - '1')),
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
    if (ACQUIRING.contains(helper.id())) {
      body.exits()
          .acquire(
              result, new Resource("the socket of " + helper.name(), null, false, form.origin()));
    }
    if (helper.id() == SK_RELEASE && arguments.getFirst() instanceof Expr.Argument.Value socket) {
      Resource resource = body.exits().resourceOf(socket.value());
      if (resource != null) {
        body.setFlow(body.flow().withState(resource, Resource.State.DEAD));
      }
    }
    return helper.result().equals("0") ? body.effect(result) : result;
  }

  private static StaticType resultType(Helper helper, @Nullable MapDefinition map) {
    if (helper.name().equals("get-current-task") || helper.name().equals("get-current-task-btf")) {
      return new PointerType(Region.KERNEL, TASK, -1, false);
    }
    return switch (helper.result()) {
      case "0" -> ScalarType.U64;
      case "ptr", "ptr?" ->
          new PointerType(
              map == null ? Region.UNKNOWN : Region.MAP_VALUE,
              map == null ? null : map.value().layout(),
              map == null ? -1 : map.value().size(),
              helper.result().endsWith("?"));
      case "obj", "obj?" -> new PointerType(Region.KERNEL, null, -1, helper.result().endsWith("?"));
      default -> ScalarType.named(helper.result()).orElseThrow();
    };
  }
}
