package dev.whistler.compiler.kernel;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Everything that a compilation may ask about one kernel (section 3.5). The release string is no
 * part of it: two kernels that answer every question alike share an object.
 *
 * <p>Implementations are immutable and safe for use by several threads. {@code
 * RecordingKernelDescription} notes each question and the digest of its answer.
 */
public interface KernelDescription {
  /**
   * Whether a feature is there, for questions like {@code helper:xdp:51}, {@code map:27}, {@code
   * prog:26}.
   */
  enum Answer {
    PRESENT,
    ABSENT,
    /** No feature list was given: not checked. */
    UNKNOWN
  }

  /** What the target of a section names (section 15.4). */
  enum Target {
    /** {@code category/event} of {@code tracepoint}. */
    TRACEPOINT,
    /** An event of {@code raw_tp} and {@code tp_btf}. */
    RAW_TRACEPOINT,
    /** A function of {@code fentry} and its like, {@code bpf_lsm_HOOK}, {@code bpf_iter_KIND}. */
    FUNCTION
  }

  /** The machine the kernel runs on. */
  Architecture architecture();

  /**
   * The layout of a tracepoint's record; empty when the kernel has no such event. Names as the
   * kernel spells them.
   */
  Optional<TracepointFormat> tracepoint(String category, String event);

  /**
   * The same, of only those of the named fields that the record has. A kernel that differs in other
   * fields answers alike.
   *
   * @param fields names as the kernel spells them; none asks just for the event
   */
  default Optional<TracepointFormat> tracepoint(
      String category, String event, SortedSet<String> fields) {
    return tracepoint(category, event).map(format -> format.only(fields));
  }

  /**
   * All events as {@code category/event}, sorted; asked only to offer near matches, so it is no
   * recorded question.
   */
  List<String> tracepointNames();

  /** Whether the kernel has any event of a category. */
  default boolean hasCategory(String category) {
    String prefix = category + "/";
    return tracepointNames().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /** Whether kernel types were supplied at all. */
  boolean hasTypes();

  /**
   * The structs and unions of a C name, with anonymous members flattened: different files of the
   * kernel give one name to different structs. Without repetition, in the order of the kernel's
   * types; empty when the kernel has none.
   */
  List<KernelStruct> structs(String cName);

  /** All struct names, in any order and with repetition; only for near matches. */
  Iterable<String> structNames();

  /**
   * Whether a program can have that target. What lives in a module is not known and {@code ABSENT}.
   *
   * @return {@code UNKNOWN} if nothing was supplied that tells
   */
  Answer target(Target kind, String name);

  /** All targets of a kind, in any order and with repetition; only for near matches. */
  Iterable<String> targetNames(Target kind);

  /**
   * The parameters of what a BTF-typed program attaches to: a function ({@code fentry}, {@code
   * fexit}, {@code fmod_ret}), {@code bpf_lsm_HOOK}, or {@code __traceiter_EVENT} without its first
   * parameter; empty when the kernel has none.
   */
  Optional<KernelFunction> function(String cName);

  /** Whether the kernel has a feature. */
  Answer feature(String name);
}
