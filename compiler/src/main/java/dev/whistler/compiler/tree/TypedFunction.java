package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kernel-side function (section 19.2). The body is set once it was analyzed; recursion was
 * refused.
 */
public final class TypedFunction {
  private final String name;
  private final String symbol;
  private final List<Local> parameters;
  private final Origin origin;
  private @Nullable Expr body;
  private boolean tailCalls;

  public TypedFunction(String name, String symbol, List<Local> parameters, Origin origin) {
    this.name = name;
    this.symbol = symbol;
    this.parameters = List.copyOf(parameters);
    this.origin = origin;
  }

  public String name() {
    return name;
  }

  public String symbol() {
    return symbol;
  }

  public List<Local> parameters() {
    return parameters;
  }

  public Origin origin() {
    return origin;
  }

  public Expr body() {
    if (body == null) {
      throw new IllegalStateException("function " + name + " has no body yet");
    }
    return body;
  }

  public void setBody(Expr body) {
    this.body = body;
  }

  /** Whether it may replace the program that calls it by another one (section 16.5). */
  public boolean tailCalls() {
    return tailCalls;
  }

  public void setTailCalls(boolean tailCalls) {
    this.tailCalls = tailCalls;
  }
}
