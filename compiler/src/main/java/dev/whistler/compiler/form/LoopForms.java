package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.Map;

/** {@code bpf-loop} and {@code loop-exit} (section 19.4). */
final class LoopForms {
  private LoopForms() {}

  static void register(Map<String, Operator> table) {
    table.put("bpf-loop", LoopForms::loop);
    table.put("loop-exit", LoopForms::exit);
  }

  private static Expr loop(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    List<Datum> head =
        ProperList.require(
            form.operand(0), "the head of bpf-loop", form.origin(), body.diagnostics());
    if (head.size() != 2) {
      throw body.fail(Message.BPF_LOOP_HEAD, body.originOf(form.operand(0)));
    }
    Origin at = form.origin();
    HelperCalls.checkAllowed("loop", at, body);
    SymbolName name = BindingForms.variable(head.get(0), body);
    Expr count = body.value(head.get(1));
    if (count instanceof Expr.Constant c
        && Long.compareUnsigned(c.value(), ControlForms.MAX_ITERATIONS) > 0) {
      throw body.fail(Message.BPF_LOOP_TOO_LONG, count.origin(), ControlForms.MAX_ITERATIONS);
    }
    Local index =
        new Local(name.spelling(), ScalarType.U32, ScalarType.U32, body.originOf(head.get(0)));
    Expr zero = Trees.at(at).zero();
    Local value = body.temporary("returned", zero);
    Local left = body.temporary("left", zero);
    Exits.CallbackFrame frame = new Exits.CallbackFrame(value, left);
    Scope inner = body.scope().with(new Scope.Binding(name, index, "bpf-loop"));
    Expr loop =
        body.exits()
            .inLoop(
                at,
                () ->
                    body.exits()
                        .inCallback(
                            frame,
                            () ->
                                body.inScope(
                                    inner,
                                    List.of(index),
                                    () -> body.sequence(form.from(1), Use.NONE, at))),
                repeated -> new Expr.KernelLoop(index, count, repeated, at));
    if (!body.bindings().isAssigned(left)) {
      return loop;
    }
    return afterReturn(loop, frame, Trees.at(at), body);
  }

  /** The body asked to end the program: that happens once the helper has returned. */
  private static Expr afterReturn(
      Expr loop, Exits.CallbackFrame frame, TreeBuilder at, BodyAnalyzer body) {
    Expr result =
        body.once(
            "iterations",
            loop,
            n -> {
              Flow flow = body.flow();
              Expr leave = body.exits().leave(at.read(frame.value()), at.origin());
              body.setFlow(flow);
              return at.sequence(at.iff(at.read(frame.left()), leave, at.zero()), n);
            });
    return at.let(frame.value(), at.zero(), at.let(frame.left(), at.zero(), result));
  }

  private static Expr exit(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 0, 0);
    if (!body.exits().isInCallback()) {
      throw body.fail(Message.LOOP_EXIT_OUTSIDE, form.origin());
    }
    return body.exits().leaveLoop(form.origin());
  }
}
