package dev.whistler.compiler.kernel;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Notes each question asked of another description, answered or not. For one compilation on one
 * thread.
 */
public final class RecordingKernelDescription implements KernelDescription {
  private final KernelDescription kernel;
  private final SortedMap<String, String> answers = new TreeMap<>();

  public RecordingKernelDescription(KernelDescription kernel) {
    this.kernel = kernel;
  }

  /** What was asked so far. */
  public Trace trace() {
    return new Trace(answers);
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
    return kernel.tracepoint(category, event);
  }

  @Override
  public Optional<TracepointFormat> tracepoint(
      String category, String event, SortedSet<String> fields) {
    note("tracepoint:" + category + "/" + event + ":" + String.join(",", fields));
    return kernel.tracepoint(category, event, fields);
  }

  @Override
  public List<String> tracepointNames() {
    return kernel.tracepointNames();
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
    return kernel.target(kind, name);
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
