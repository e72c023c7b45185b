package dev.whistler.compiler.kernel;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Notes each question asked of another description, answered or not. For one compilation on one
 * thread.
 */
public final class RecordingKernelDescription implements KernelDescription {
  private final KernelDescription kernel;
  private final SortedMap<String, String> answers = new TreeMap<>();
  private final Set<String> absentCategories = new TreeSet<>();
  private boolean otherTargetsAbsent;

  public RecordingKernelDescription(KernelDescription kernel) {
    this.kernel = kernel;
  }

  /** What was asked so far. */
  public Trace trace() {
    return new Trace(answers);
  }

  /**
   * Whether a kernel module that is not loaded may bring all targets and events that were asked for
   * and are not there: they are tracepoints of which the kernel has not even the category, as those
   * of a module mostly are. What else was wrong is not looked at.
   */
  public boolean mayComeWithAModule() {
    return !otherTargetsAbsent
        && !absentCategories.isEmpty()
        && absentCategories.stream().noneMatch(this::hasCategory);
  }

  private <T> Optional<T> known(String category, Optional<T> event) {
    if (event.isEmpty()) {
      absentCategories.add(category);
    }
    return event;
  }

  private void note(String question) {
    answers.computeIfAbsent(question, key -> Question.ask(kernel, key));
  }

  @Override
  public Architecture architecture() {
    note("architecture");
    return kernel.architecture();
  }

  @Override
  public Optional<TracepointFormat> tracepoint(String category, String event) {
    note("tracepoint:" + category + "/" + event);
    return known(category, kernel.tracepoint(category, event));
  }

  @Override
  public Optional<TracepointFormat> tracepoint(
      String category, String event, SortedSet<String> fields) {
    note("tracepoint:" + category + "/" + event + ":" + String.join(",", fields));
    return known(category, kernel.tracepoint(category, event, fields));
  }

  @Override
  public List<String> tracepointNames() {
    return kernel.tracepointNames();
  }

  @Override
  public boolean hasCategory(String category) {
    note("category:" + category);
    return kernel.hasCategory(category);
  }

  @Override
  public boolean hasTypes() {
    note("types");
    return kernel.hasTypes();
  }

  @Override
  public List<KernelStruct> structs(String cName) {
    note("struct:" + cName);
    return kernel.structs(cName);
  }

  @Override
  public Iterable<String> structNames() {
    return kernel.structNames();
  }

  @Override
  public Answer target(Target kind, String name) {
    note("target:" + kind.name() + ":" + name);
    Answer answer = kernel.target(kind, name);
    if (answer == Answer.ABSENT) {
      int slash = name.indexOf('/');
      if (kind == Target.TRACEPOINT && slash > 0) {
        absentCategories.add(name.substring(0, slash));
      } else {
        otherTargetsAbsent = true;
      }
    }
    return answer;
  }

  @Override
  public Iterable<String> targetNames(Target kind) {
    return kernel.targetNames(kind);
  }

  @Override
  public Optional<KernelFunction> function(String cName) {
    note("function:" + cName);
    return kernel.function(cName);
  }

  @Override
  public Answer feature(String name) {
    note("feature:" + name);
    return kernel.feature(name);
  }
}
