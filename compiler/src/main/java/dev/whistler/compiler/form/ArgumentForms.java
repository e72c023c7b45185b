package dev.whistler.compiler.form;

import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TracepointImports;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.KernelFunction;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.table.ProgramType;
import dev.whistler.compiler.table.Registers;
import dev.whistler.compiler.table.ResolvedSection;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InArguments;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Registers, system call parameters, and arguments of BTF-typed programs (12.6 and 12.7). */
final class ArgumentForms {
  private static final int MAX_ARGUMENT = 11;

  private ArgumentForms() {}

  static void register(Map<String, Operator> table) {
    for (String name :
        List.of(
            "parm1", "parm2", "parm3", "parm4", "parm5", "parm6", "parm7", "parm8", "ret", "ip",
            "sp", "fp")) {
      table.put("pt-regs-" + name, register(name));
    }
    table.put("pt-regs", ArgumentForms::namedRegister);
    table.put("syscall-parm", ArgumentForms::systemCallParameter);
    table.put("arg", ArgumentForms::argument);
    table.put("ret", ArgumentForms::result);
  }

  private static Architecture architecture(BodyAnalyzer body) {
    return body.unit().request().architecture();
  }

  private static void requireProbe(Form form, BodyAnalyzer body) {
    if (!body.program().type().isProbe()) {
      throw body.fail(Message.ARGUMENT_FORM_NOT_FOR_TYPE, form.origin(), form.name());
    }
  }

  private static Expr word(int offset, Origin at) {
    return Trees.at(at).contextLoad(ScalarType.U64, offset);
  }

  private static boolean isReturnProbe(BodyAnalyzer body) {
    return Boolean.TRUE.equals(body.program().section().attachParameters().get("return"));
  }

  /** {@code (pt-regs-WHAT)}. */
  static Operator register(String what) {
    return (form, body, use) -> {
      body.arity(form, 0, 0);
      requireRegisters(form, body);
      OptionalInt offset = Registers.accessor(architecture(body), what);
      if (offset.isEmpty()) {
        throw body.fail(
            Message.ARGUMENT_NOT_ON_ARCHITECTURE,
            form.origin(),
            form.name(),
            architecture(body).text());
      }
      boolean session =
          body.program().section().attachParameters().containsKey("session")
              && Boolean.TRUE.equals(body.program().section().attachParameters().get("session"));
      if (!session) {
        boolean sample = body.program().type().isSample();
        if (what.equals("ret") && !isReturnProbe(body) && !sample) {
          body.report(Message.RETURN_VALUE_IN_ENTRY_PROBE, form.origin());
        } else if (what.startsWith("parm") && isReturnProbe(body)) {
          body.report(Message.ARGUMENT_IN_RETURN_PROBE, form.origin(), form.name());
        }
      }
      return word(offset.getAsInt(), form.origin());
    };
  }

  /** The registers are the whole context of a kprobe and the first part of a sample's. */
  private static void requireRegisters(Form form, BodyAnalyzer body) {
    if (!body.program().type().isSample()) {
      requireProbe(form, body);
    }
  }

  private static Expr namedRegister(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    requireRegisters(form, body);
    Datum operand = form.operand(0);
    String name = operand instanceof Datum.Symbol s ? s.name().text() : "";
    OptionalInt offset = Registers.offset(architecture(body), name);
    if (offset.isEmpty()) {
      throw body.fail(
          Message.REGISTER_UNKNOWN,
          body.originOf(operand),
          architecture(body).text(),
          name,
          NearMatches.hint(name, Registers.names(architecture(body))));
    }
    return word(offset.getAsInt(), form.origin());
  }

  private static Expr systemCallParameter(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    requireProbe(form, body);
    int number =
        body.constantWithin(form.operand(0), "the number of a system call parameter", 1, 6);
    Map<String, Object> target = body.program().section().attachParameters();
    String function = String.valueOf(target.getOrDefault("function", ""));
    boolean systemCall =
        body.program().section().attachKind().equals("ksyscall")
            || function.startsWith("__x64_sys_")
            || function.startsWith("__arm64_sys_");
    if (!systemCall) {
      throw body.fail(Message.SYSCALL_PARM_NOT_FOR_SECTION, form.origin());
    }
    int first = Registers.accessor(architecture(body), "parm1").orElseThrow();
    int offset = Registers.systemCallParameter(architecture(body), number).orElseThrow();
    Origin at = form.origin();
    Expr address = form.at().binary(Expr.Operator.ADD, word(first, at), offset);
    return MemoryForms.probeRead(ScalarType.U64, false, address, ScalarType.U64, at, body);
  }

  // ---- arguments of BTF-typed programs

  private static Expr argument(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    ProgramType type = body.program().type();
    if (!type.hasArgumentWords()) {
      throw body.fail(
          type.isProbe() ? Message.ARG_IN_KPROBE : Message.ARG_NOT_FOR_TYPE, form.origin(), type);
    }
    Datum operand = form.operand(0);
    if (operand instanceof Datum.Symbol symbol
        && !symbol.name().isKeyword()
        && ConstantNames.find(body.tables(), symbol.name()).isEmpty()) {
      return namedArgument(symbol, form.origin(), body);
    }
    int index =
        body.constantWithin(
            operand,
            "the number of an argument",
            0,
            MAX_ARGUMENT,
            Message.ARGUMENT_NUMBER_OUT_OF_RANGE);
    return word(8 * index, form.origin());
  }

  /** What the program is attached to, by the name that the kernel's types know. */
  private static String targetFunction(BodyAnalyzer body) {
    ResolvedSection section = body.program().section();
    return section.type().attachPoint().functionPrefix() + section.target().orElse("");
  }

  private static Optional<KernelFunction> prototype(BodyAnalyzer body) {
    KernelDescription kernel = body.unit().request().kernel();
    return kernel == null ? Optional.empty() : kernel.function(targetFunction(body));
  }

  private static Expr namedArgument(Datum.Symbol symbol, Origin at, BodyAnalyzer body) {
    KernelDescription kernel = body.unit().kernel(at, "a named argument", body.diagnostics());
    if (!kernel.hasTypes()) {
      throw body.fail(Message.ARG_NAME_NEEDS_TYPES, at);
    }
    KernelFunction function =
        prototype(body)
            .orElseThrow(() -> body.fail(Message.ARG_FUNCTION_UNKNOWN, at, targetFunction(body)));
    String name = TracepointImports.kernelName(symbol.name().text());
    List<String> names = function.parameters().stream().map(Field::name).toList();
    int index = names.indexOf(name);
    if (index < 0 || index > MAX_ARGUMENT) {
      String hint = NearMatches.hint(name, names);
      Origin named = body.originOf(symbol);
      throw hint == null
          ? body.fail(
              Message.ARG_NAME_UNKNOWN, named, function.name(), name, String.join(", ", names))
          : body.fail(Message.ARG_NAME_MISSPELT, named, function.name(), name, hint);
    }
    Field<InArguments> parameter = function.parameters().get(index);
    Expr word = word(parameter.offset(), at);
    return switch (parameter.shape()) {
      case Shape.Pointer _ ->
          new Expr.Retype(word, KernelStructForms.kernelPointer(parameter.cType(), body), at);
      case Shape.Scalar scalar ->
          scalar.size() == 8 ? word : new Expr.Convert(scalar.loaded(), word, at);
    };
  }

  private static Expr result(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 0, 0);
    ProgramType type = body.program().type();
    if (!type.has(ProgramType.Trait.RESULT)) {
      throw body.fail(
          type.isProbe() ? Message.RET_IN_KPROBE : Message.RET_NOT_FOR_TYPE, form.origin());
    }
    Origin at = form.origin();
    Optional<KernelFunction> function = prototype(body);
    if (function.isPresent()) {
      return word(8 * function.get().parameters().size(), at);
    }
    if (!Helpers.available(Helpers.GET_FUNC_RET, type, body.program().sleepable())) {
      throw body.fail(Message.RET_NEEDS_TYPES, at);
    }
    HelperCalls.checkAllowed(Helpers.GET_FUNC_RET, at, body);
    PointerType area = new PointerType(Region.STACK, null, 8, false);
    Expr.Argument context = new Expr.Argument.Value(ContextForms.contextPointer(at));
    TreeBuilder tree = form.at();
    return body.once(
        "result",
        new Expr.StackBlock(area, at),
        p ->
            tree.sequence(
                tree.call(
                    Helpers.GET_FUNC_RET, ScalarType.I64, context, new Expr.Argument.Value(p)),
                tree.load(ScalarType.U64, p, 0)));
  }
}
