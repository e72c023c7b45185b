package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.SourceRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of the source. Its body is prepared when it is first applied: an unused function is
 * not checked (section 3.3).
 */
final class Closure implements Callable {
  /** The code that all closures of one {@code lambda} form share. */
  static final class Code {
    private final Evaluator evaluator;
    private final String name;
    private final @Nullable SymbolName block;
    private final Datum lambdaList;
    private final List<Datum> body;
    private final Scope scope;
    private final boolean macro;
    private @Nullable Prepared prepared;

    private record Prepared(Scope scope, LambdaList parameters, Node.Body body) {}

    /**
     * Code not yet prepared.
     *
     * @param name for messages
     * @param block name of the implicit block, or null
     * @param macro whether the lambda list may destructure
     */
    Code(
        Evaluator evaluator,
        String name,
        @Nullable SymbolName block,
        Datum lambdaList,
        List<Datum> body,
        Scope scope,
        boolean macro) {
      this.evaluator = evaluator;
      this.name = name;
      this.block = block;
      this.lambdaList = lambdaList;
      this.body = body;
      this.scope = scope;
      this.macro = macro;
    }

    private Prepared prepared() {
      Prepared ready = prepared;
      if (ready == null) {
        Scope inside = scope.inner();
        LambdaList parameters = LambdaList.parse(evaluator, lambdaList, inside, name, macro);
        List<Datum> forms = FormParts.body(body, true);
        Node.Body run =
            block == null
                ? evaluator.prepareBody(forms, inside)
                : ControlForms.block(evaluator, block, forms, inside);
        ready = new Prepared(inside, parameters, parameters.withSpecials(evaluator, run));
        prepared = ready;
      }
      return ready;
    }
  }

  private final Code code;
  private final Frame frame;

  Closure(Code code, Frame frame) {
    this.code = code;
    this.frame = frame;
  }

  @Override
  public Datum apply(Datum... arguments) {
    Meter meter = code.evaluator.meter();
    meter.enter();
    try {
      Code.Prepared prepared = code.prepared();
      Frame inside = new Frame(frame, prepared.scope().size());
      prepared.parameters().bind(inside, arguments);
      return prepared.body().run(inside);
    } finally {
      meter.leave();
    }
  }

  /** Applies it as a macro expander. */
  Datum expand(Cons call) {
    Meter meter = code.evaluator.meter();
    meter.enter();
    try {
      Code.Prepared prepared = code.prepared();
      Frame inside = new Frame(frame, prepared.scope().size());
      prepared.parameters().bindCall(inside, call);
      return prepared.body().run(inside);
    } finally {
      meter.leave();
    }
  }

  @Override
  public String name() {
    return code.name;
  }

  /** The lambda list as written. */
  Datum lambdaList() {
    return code.lambdaList;
  }

  @Override
  public @Nullable SourceRange range() {
    return null;
  }
}
