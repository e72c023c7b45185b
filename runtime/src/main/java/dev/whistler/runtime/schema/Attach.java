package dev.whistler.runtime.schema;

/** What a program attaches to, as its section says (language §21.6). Empty text: not said. */
public sealed interface Attach {
  record Tracepoint(String category, String event) implements Attach {}

  record RawTracepoint(String event, boolean writable) implements Attach {}

  record Kprobe(String function, long offset, boolean onReturn) implements Attach {}

  record KprobeMulti(String pattern, boolean onReturn, boolean session) implements Attach {}

  record Ksyscall(String name, boolean onReturn) implements Attach {}

  record Uprobe(String path, String symbol, long offset, boolean onReturn) implements Attach {}

  record UprobeMulti(String path, String pattern, boolean onReturn, boolean session)
      implements Attach {}

  /** fentry, fexit, fmod_ret, tp_btf and iter: {@code mode} names which. */
  record Tracing(String mode, String target) implements Attach {}

  record Lsm(String hook) implements Attach {}

  record Xdp(String mode) implements Attach {}

  /** {@code direction}: {@code ingress}, {@code egress}, or empty where the user says. */
  record Tc(String direction) implements Attach {}

  /** {@code attachType}: the kernel's {@code expected_attach_type}; −1 where not said. */
  record Cgroup(String attachType) implements Attach {}

  record SkLookup() implements Attach {}

  record PerfEvent() implements Attach {}

  record Sockmap() implements Attach {}

  /** Only loaded: a target of tail calls, or attached by other means. */
  record None() implements Attach {}
}
