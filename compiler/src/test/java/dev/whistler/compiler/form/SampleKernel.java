package dev.whistler.compiler.form;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.FormatParser;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.KernelFunction;
import dev.whistler.compiler.kernel.KernelStruct;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A kernel with the tracepoints of Appendix F, recorded from Linux 6.12, and a few structs. */
public final class SampleKernel implements KernelDescription {
  static final List<String> EVENTS =
      List.of(
          "block/block_rq_complete",
          "block/block_rq_issue",
          "oom/mark_victim",
          "sched/sched_process_exec",
          "sched/sched_process_exit",
          "sched/sched_process_fork",
          "sched/sched_switch",
          "sched/sched_wakeup",
          "sched/sched_wakeup_new",
          "signal/signal_generate",
          "sock/inet_sock_set_state",
          "syscalls/sys_enter_openat",
          "syscalls/sys_exit_openat");

  private static final KernelStruct TASK =
      new KernelStruct(
          "task_struct",
          9000,
          false,
          List.of(
              new Field<>("exit_state", 64, new Shape.Scalar(ScalarType.I32), ""),
              new Field<>("sched_reset_on_fork", 1000, new Shape.BitField(3, 1, 4, false), ""),
              new Field<>("tgid", 1200, new Shape.Scalar(ScalarType.I32), "pid_t"),
              new Field<>("real_parent", 1208, Shape.Pointer.KERNEL, "task_struct"),
              new Field<>("comm", 1500, new Shape.Array(new Shape.Scalar(ScalarType.I8), 16), "")));

  @Override
  public Architecture architecture() {
    return Architecture.X86_64;
  }

  @Override
  public Optional<TracepointFormat> tracepoint(String category, String event) {
    String name = category + "/" + event;
    return EVENTS.contains(name)
        ? Optional.of(FormatParser.parse(name, resource("/formats/" + name + ".format")))
        : Optional.empty();
  }

  static String resource(String path) {
    try (InputStream in = SampleKernel.class.getResourceAsStream(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> tracepointNames() {
    return EVENTS;
  }

  @Override
  public boolean hasTypes() {
    return true;
  }

  @Override
  public List<KernelStruct> structs(String cName) {
    return cName.equals(TASK.cName()) ? List.of(TASK) : List.of();
  }

  @Override
  public Answer target(Target kind, String name) {
    // Tests attach to many places; this kernel only claims to know which events it has not.
    return kind == Target.TRACEPOINT && name.startsWith("sched/") && !EVENTS.contains(name)
        ? Answer.ABSENT
        : Answer.UNKNOWN;
  }

  @Override
  public List<String> targetNames(Target kind) {
    return kind == Target.TRACEPOINT ? EVENTS : List.of();
  }

  @Override
  public List<String> structNames() {
    return List.of(TASK.cName());
  }

  @Override
  public Optional<KernelFunction> function(String cName) {
    return cName.equals("do_exit")
        ? Optional.of(
            new KernelFunction(
                "do_exit", List.of(new Field<>("code", 0, new Shape.Scalar(ScalarType.I64), ""))))
        : Optional.empty();
  }

  @Override
  public Answer feature(String name) {
    return Answer.UNKNOWN;
  }
}
