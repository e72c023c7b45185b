package dev.whistler.compiler.form;

import dev.whistler.compiler.define.TracepointDefinitions;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables.ProgramDefinition;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ResolvedSection;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The check at the entry of a program that leaves out what whoever reads the rings causes: each
 * record makes the reader run, which makes further events, and so on without an end. Only for
 * events that come that often and of which it is certain who causes them.
 */
final class ReaderCheck {
  private static final Set<String> SYSTEM_CALL_GROUPS = Set.of("raw_syscalls", "syscalls");

  /** Raw tracepoints at which the current thread is the cause. */
  private static final Set<String> OF_CURRENT_THREAD =
      Set.of("sys_enter", "sys_exit", "page_fault_user", "page_fault_kernel");

  private static final Set<String> PAGE_FAULTS =
      Set.of("exceptions/page_fault_user", "exceptions/page_fault_kernel");

  /** Events of one task, which their field {@code pid} names. */
  private static final Set<String> OF_ONE_TASK =
      Set.of(
          "sched/sched_wakeup",
          "sched/sched_waking",
          "sched/sched_wakeup_new",
          "sched/sched_migrate_task",
          "sched/sched_stat_runtime",
          "sched/sched_stat_wait",
          "sched/sched_stat_sleep",
          "sched/sched_stat_iowait",
          "sched/sched_stat_blocked");

  private final MapDefinition reader;
  private final TreeBuilder at;
  private final BodyAnalyzer body;

  private ReaderCheck(MapDefinition reader, Origin origin, BodyAnalyzer body) {
    this.reader = reader;
    this.at = Trees.at(origin);
    this.body = body;
  }

  /** Whose work an event is. */
  sealed interface Cause {
    /** The work of the current thread. */
    record CurrentThread() implements Cause {}

    /** That of a task, whichever thread is current. */
    record Task(String event, Field<InRecord> task) implements Cause {}

    /** That of both tasks, unless one of them is the idle task. */
    record Switch(String event, Field<InRecord> previous, Field<InRecord> next) implements Cause {}
  }

  /** Whose work the events of a program are; empty if it is to see all of them. */
  static Optional<Cause> causeOf(ProgramDefinition program, UnitContext unit) {
    if (program.includeReader()) {
      return Optional.empty();
    }
    ResolvedSection section = program.context().section();
    if (section.attachKind().equals("ksyscall")) {
      return Optional.of(new Cause.CurrentThread());
    }
    return switch (section.type().attachPoint()) {
      case TRACEPOINT -> section.target().flatMap(event -> tracepoint(event, unit));
      case RAW_TRACEPOINT ->
          section.target().filter(OF_CURRENT_THREAD::contains).map(_ -> new Cause.CurrentThread());
      case NONE, FUNCTION, SECURITY_HOOK, ITERATOR -> Optional.empty();
    };
  }

  private static Optional<Cause> tracepoint(String event, UnitContext unit) {
    String category = event.substring(0, event.indexOf('/'));
    if (SYSTEM_CALL_GROUPS.contains(category) || PAGE_FAULTS.contains(event)) {
      return Optional.of(new Cause.CurrentThread());
    }
    if (OF_ONE_TASK.contains(event)) {
      return fields(event, unit, "pid").map(f -> new Cause.Task(event, f.getFirst()));
    }
    return event.equals("sched/sched_switch")
        ? fields(event, unit, "prev_pid", "next_pid")
            .map(f -> new Cause.Switch(event, f.get(0), f.get(1)))
        : Optional.empty();
  }

  /** Fields that hold a process id; empty if the kernel does not have all of them as such. */
  private static Optional<List<Field<InRecord>>> fields(
      String event, UnitContext unit, String... names) {
    KernelDescription kernel = unit.request().kernel();
    if (kernel == null) {
      return Optional.empty();
    }
    Optional<TracepointFormat> format =
        TracepointDefinitions.format(kernel, event, new TreeSet<>(List.of(names)));
    List<Field<InRecord>> found =
        List.of(names).stream()
            .flatMap(name -> format.flatMap(f -> f.field(name)).stream())
            .filter(f -> f.shape() instanceof Shape.Scalar number && number.loaded().width() == 4)
            .filter(field -> field.offset() % 4 == 0)
            .toList();
    return found.size() == names.length ? Optional.of(found) : Optional.empty();
  }

  /** The body, or 0 at once where the event is the work of the reader alone. */
  static Expr wrap(
      Expr analyzed, ProgramDefinition program, HiddenMaps hidden, BodyAnalyzer analyzer) {
    Optional<MapDefinition> reader = hidden.reader();
    Optional<Cause> cause = causeOf(program, analyzer.unit());
    return reader.isEmpty() || cause.isEmpty()
        ? analyzed
        : new ReaderCheck(reader.get(), program.origin(), analyzer).wrap(analyzed, cause.get());
  }

  private Expr wrap(Expr analyzed, Cause cause) {
    return switch (cause) {
      case Cause.CurrentThread _ -> unless(isReader(currentThread()), analyzed);
      case Cause.Task(String event, Field<InRecord> task) ->
          unless(isReader(read(event, task)), analyzed);
      case Cause.Switch(String event, Field<InRecord> previous, Field<InRecord> next) ->
          body.once(
              "previous",
              read(event, previous),
              p -> body.once("next", read(event, next), n -> unless(areReader(p, n), analyzed)));
    };
  }

  /**
   * Whether each of two tasks is the reader's or idle, and one is not idle. One look-up decides of
   * what does not concern the reader.
   */
  private Expr areReader(Expr previous, Expr next) {
    Expr first = at.iff(previous, previous, next);
    Expr second = at.iff(previous, next, at.zero());
    Expr also = at.iff(second, isReader(second), at.word(1));
    return at.iff(isReader(first), also, at.zero());
  }

  private Expr unless(Expr left, Expr analyzed) {
    return at.iff(left, at.zero(), analyzed);
  }

  /** The thread id is the lower half. */
  private Expr currentThread() {
    return at.call("get-current-pid-tgid");
  }

  private Expr read(String event, Field<InRecord> field) {
    TracepointForms.require(event, field, body);
    return at.contextLoad(ScalarType.U32, field.offset());
  }

  private Expr isReader(Expr thread) {
    Expr found =
        new Expr.MapLookup(
            reader,
            new Expr.Slot.ByValue(thread, 4),
            new PointerType(Region.MAP_VALUE, null, 1, true),
            at.origin());
    return at.compare(Relation.NOT_EQUAL, found, 0);
  }
}
