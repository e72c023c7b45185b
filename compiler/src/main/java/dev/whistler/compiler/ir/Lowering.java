package dev.whistler.compiler.ir;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TypedFunction;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * From typed trees to routines. Programs come first in order of definition, then subprograms in
 * order of first use: functions that are not inlined, and the bodies of helper loops.
 */
public final class Lowering {
  private final DataLayout layout;
  private final FunctionFacts facts = new FunctionFacts();
  private final List<Routine> programs = new ArrayList<>();
  private final List<Routine> subprograms = new ArrayList<>();
  private final Map<TypedFunction, Routine> functions = new HashMap<>();
  private int callbacks;

  private Lowering(TypedUnit unit) {
    layout = new DataLayout(unit.globals());
    if (unit.functions().isEmpty()) {
      return;
    }
    for (TypedFunction function : unit.functions()) {
      facts.countCalls(function.body());
    }
    for (TypedProgram program : unit.programs()) {
      facts.countCalls(program.body());
    }
  }

  /**
   * The routines of a unit.
   *
   * @param routines programs, then subprograms
   * @param strings constant strings, to be appended to the constants in {@code .rodata}
   */
  public record Result(List<Routine> routines, byte[] strings) {}

  /**
   * Lowers a unit.
   *
   * @throws BackEndException when a program exceeds a limit of section 22
   */
  public static Result lower(TypedUnit unit) {
    Lowering lowering = new Lowering(unit);
    for (TypedProgram program : unit.programs()) {
      lowering.programs.add(lowering.program(program));
    }
    List<Routine> all = new ArrayList<>(lowering.programs);
    all.addAll(lowering.subprograms);
    return new Result(all, lowering.layout.strings());
  }

  private Routine program(TypedProgram program) {
    Routine routine = new Routine(program.symbol(), true, 1, program.passValue(), program.origin());
    BodyLowering body = new BodyLowering(this, routine);
    body.setContext(
        body.builder()
            .emit(new Operation.Parameter(0), new PointerType(Region.CONTEXT, null, -1, false)));
    finish(body, program.body());
    return routine;
  }

  private static void finish(BodyLowering body, Expr root) {
    Value value = body.lower(root);
    body.leave(value);
    CleanUp.removeUnreachable(body.builder().routine());
  }

  DataLayout layout() {
    return layout;
  }

  FunctionFacts facts() {
    return facts;
  }

  /** Whether the context is passed before the parameters. */
  boolean takesContext(TypedFunction function) {
    return facts.usesContext(function);
  }

  /** Makes sure that a function is in the object. */
  void requireSubprogram(TypedFunction function) {
    if (functions.containsKey(function)) {
      return;
    }
    boolean context = takesContext(function);
    int parameters = function.parameters().size() + (context ? 1 : 0);
    Routine routine =
        new Routine(function.symbol(), false, parameters, OptionalLong.empty(), function.origin());
    functions.put(function, routine);
    subprograms.add(routine);
    BodyLowering body = new BodyLowering(this, routine);
    List<Value> incoming = new ArrayList<>();
    if (context) {
      body.setContext(
          body.builder()
              .emit(new Operation.Parameter(0), new PointerType(Region.CONTEXT, null, -1, false)));
    }
    for (int i = 0; i < function.parameters().size(); i++) {
      incoming.add(
          body.builder()
              .emit(
                  new Operation.Parameter(context ? i + 1 : i),
                  function.parameters().get(i).type()));
    }
    for (int i = 0; i < incoming.size(); i++) {
      body.bind(function.parameters().get(i), incoming.get(i));
    }
    finish(body, function.body());
  }

  /** An empty routine for a loop's body. */
  Routine newCallback(Routine parent, Origin origin) {
    Routine routine =
        new Routine(
            parent.symbol() + "__loop" + ++callbacks, false, 2, OptionalLong.empty(), origin);
    subprograms.add(routine);
    return routine;
  }
}
