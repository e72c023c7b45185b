package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.check.Resource.State;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.PointerType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ways out of a body: {@code return}, the end of the program, loops; and what must be given back on
 * each (sections 11.4 and 16.2).
 */
final class Exits {
  private final BodyAnalyzer body;
  private final Map<Expr, Resource> acquired = new IdentityHashMap<>();
  private final List<Managed> open = new ArrayList<>();
  private final List<OpenCallback> callbacks = new ArrayList<>();
  private final List<Expr> returned = new ArrayList<>();
  private @Nullable String function;
  private boolean tailCalls;
  private @Nullable Supplier<Expr> beforeExit;

  Exits(BodyAnalyzer body) {
    this.body = body;
  }

  /** A reservation that {@code with-ringbuf} gives back; inner ones later in the list. */
  record Managed(Resource resource, Local pointer, long flags, Local submitted) {}

  /**
   * The body of a {@code bpf-loop}, which runs as a function of its own.
   *
   * @param value what the program returns after the loop
   * @param left whether the body asked for it
   */
  record CallbackFrame(Local value, Local left) {}

  /**
   * A callback whose body is being analyzed.
   *
   * @param managed how many reservations outside of it are managed
   * @param outside what was pending before it, which the code around it gives back
   */
  private record OpenCallback(CallbackFrame frame, int managed, List<Resource> outside) {}

  /** Notes that a call acquires a resource. */
  void acquire(Expr call, Resource resource) {
    acquired.put(call, resource);
    body.setFlow(body.flow().withState(resource, State.UNCHECKED));
  }

  /** The resource that a value is, if it is one. */
  @Nullable Resource resourceOf(Expr value) {
    Resource direct = acquired.get(value);
    if (direct != null) {
      return direct;
    }
    return switch (value) {
      case Expr.Read read -> body.flow().heldBy(read.local());
      case Expr.Retype retype -> resourceOf(retype.operand());
      case Expr.Sequence sequence -> resourceOf(sequence.forms().getLast());
      case Expr.Let let -> resourceOf(let.body());
      default -> null;
    };
  }

  boolean isPending(Resource resource) {
    State state = body.flow().state(resource);
    return state == State.LIVE || state == State.UNCHECKED;
  }

  void enter(Managed managed) {
    open.add(managed);
  }

  void leaveManaged() {
    open.removeLast();
  }

  /** The {@code with-ringbuf} that manages a reservation. */
  @Nullable Managed managedBy(Resource resource) {
    return open.stream().filter(m -> m.resource() == resource).findFirst().orElse(null);
  }

  /** Notes a tail call, directly or in a function that is called. */
  void tailCall(Origin at) {
    if (open.stream().anyMatch(m -> isPending(m.resource()))) {
      throw body.fail(Message.TAIL_CALL_LOSES_RECORD, at);
    }
    if (!callbacks.isEmpty()) {
      throw body.fail(Message.TAIL_CALL_IN_LOOP, at);
    }
    tailCalls = true;
  }

  /** Whether the body may replace the program by another one. */
  boolean tailCalls() {
    return tailCalls;
  }

  /** Sets what is done on every exit, after the discards. */
  void setBeforeExit(Supplier<Expr> action) {
    beforeExit = action;
  }

  /** Notes that the body is that of a kernel-side function. */
  void enterFunction(String name) {
    function = name;
  }

  /** The kernel-side function that the body is of, or null. */
  @Nullable String function() {
    return function;
  }

  /** The values of all {@code return} forms so far. */
  List<Expr> returned() {
    return returned;
  }

  /** {@code return}: the value, then the discards from inner to outer, then the end. */
  Expr leave(Expr value, Origin at) {
    returned.add(value);
    if (!callbacks.isEmpty()) {
      return leaveCallback(value, at);
    }
    List<Expr> discards = discards(0, at);
    checkNothingPending(at);
    body.setFlow(body.flow().unreachable());
    if (beforeExit != null) {
      discards.add(beforeExit.get());
    }
    return new Expr.Return(value, discards, at);
  }

  /** Discards the managed reservations that are live, from inner to outer. */
  private List<Expr> discards(int outermost, Origin at) {
    List<Expr> discards = new ArrayList<>();
    for (int i = open.size() - 1; i >= outermost; i--) {
      Managed managed = open.get(i);
      if (body.flow().state(managed.resource()) == State.LIVE) {
        discards.add(RingForms.discard(managed, Trees.at(at)));
      }
    }
    return discards;
  }

  private Expr leaveCallback(Expr value, Origin at) {
    CallbackFrame frame = callbacks.getLast().frame();
    Expr one = Trees.at(at).word(1);
    body.bindings().assigned(frame.value(), value);
    body.bindings().assigned(frame.left(), one);
    return Trees.at(at)
        .sequence(
            new Expr.Assign(frame.value(), value, at),
            new Expr.Assign(frame.left(), one, at),
            leaveLoop(at));
  }

  /** Ends the innermost callback's loop: what was reserved inside is discarded. */
  Expr leaveLoop(Origin at) {
    OpenCallback callback = callbacks.getLast();
    List<Expr> forms = discards(callback.managed(), at);
    for (Resource resource : body.flow().pending()) {
      if (!resource.managed() && !callback.outside().contains(resource)) {
        body.leak(
            resource,
            resource.origin(),
            Message.LEAK_AT_LOOP_END,
            resource.description(),
            at.range().endLine());
      }
    }
    forms.add(new Expr.LoopExit(at));
    body.setFlow(body.flow().unreachable());
    return new Expr.Sequence(forms, at);
  }

  /** Checks what must be given back where the program ends. */
  void checkNothingPending(Origin at) {
    for (Resource resource : body.flow().pending()) {
      if (!resource.managed()) {
        body.leak(
            resource,
            resource.origin(),
            Message.LEAK_AT_PROGRAM_END,
            resource.description(),
            at.range().endLine());
      }
    }
  }

  /**
   * Analyzes the body of a loop: what it acquires it must give back, and what is live before it
   * must be so after it.
   */
  Expr inLoop(Origin at, Supplier<Expr> analysis, Function<Expr, Expr> loop) {
    Flow before = body.flow();
    for (Local local : before.nonNull()) {
      if (body.bindings().isAssigned(local) && mayBecomeNull(local)) {
        before = before.without(local);
      }
    }
    body.setFlow(before);
    Expr repeated = analysis.get();
    Flow after = body.flow();
    if (after.reachable()) {
      for (Resource resource : after.pending()) {
        if (before.state(resource) == null) {
          body.leak(resource, at, Message.LEAK_FROM_LOOP_BODY, resource.description());
        }
      }
    }
    body.setFlow(body.join(before, after, at));
    return loop.apply(repeated);
  }

  private static boolean mayBecomeNull(Local local) {
    return local.type() instanceof PointerType p && p.nullable();
  }

  /**
   * Analyzes the body of a loop that runs as a callback.
   *
   * @return what was analyzed and whether it may end the program
   */
  <T> T inCallback(CallbackFrame frame, Supplier<T> analysis) {
    callbacks.add(new OpenCallback(frame, open.size(), body.flow().pending()));
    try {
      return analysis.get();
    } finally {
      callbacks.removeLast();
    }
  }

  boolean isInCallback() {
    return !callbacks.isEmpty();
  }

  /** The error for a resource operand that is none or is not live. */
  Resource requireLive(Expr pointer, String operation) {
    Resource resource = resourceOf(pointer);
    if (resource == null) {
      throw body.fail(Message.RESERVATION_EXPECTED, pointer.origin(), operation);
    }
    State state = body.flow().state(resource);
    if (state == State.UNCHECKED) {
      throw body.fail(Message.RESERVATION_NOT_TESTED, pointer.origin(), resource.description());
    }
    if (state != State.LIVE) {
      throw body.fail(Message.RESERVATION_NOT_LIVE, pointer.origin(), resource.description());
    }
    return resource;
  }
}
