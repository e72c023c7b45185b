package dev.whistler.compiler.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Questions to a kernel description as text, and the digests of their answers. */
final class Question {
  /** Digests of the answers that say only one word. */
  private static final Map<String, String> WORDS = words();

  private Question() {}

  private static Map<String, String> words() {
    Stream<String> fixed = Stream.of("true", "false", "absent");
    Stream<String> answers = Arrays.stream(KernelDescription.Answer.values()).map(Enum::name);
    Stream<String> architectures = Arrays.stream(Architecture.values()).map(Architecture::text);
    return Stream.of(fixed, answers, architectures)
        .flatMap(words -> words)
        .collect(Collectors.toUnmodifiableMap(word -> word, Digest::of));
  }

  /** The digest of a kernel's answer to a question. */
  static String ask(KernelDescription kernel, String question) {
    int colon = question.indexOf(':');
    String kind = colon < 0 ? question : question.substring(0, colon);
    String what = question.substring(colon + 1);
    return digest(
        switch (kind) {
          case "architecture" -> kernel.architecture().text();
          case "types" -> Boolean.toString(kernel.hasTypes());
          case "tracepoint" -> tracepoint(kernel, what).map(Question::text).orElse("absent");
          case "struct" -> structs(kernel.structs(what));
          case "target" -> target(kernel, what);
          case "function" -> kernel.function(what).map(Question::text).orElse("absent");
          case "feature" -> kernel.feature(what).name();
          default -> throw new MalformedKernelException("a trace holds an unknown question");
        });
  }

  /** {@code CATEGORY/EVENT}, or {@code CATEGORY/EVENT:FIELD,…} for some of its fields. */
  private static Optional<TracepointFormat> tracepoint(KernelDescription kernel, String what) {
    int colon = what.indexOf(':');
    String event = colon < 0 ? what : what.substring(0, colon);
    int slash = event.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String category = event.substring(0, slash);
    String name = event.substring(slash + 1);
    if (colon < 0) {
      return kernel.tracepoint(category, name);
    }
    List<String> fields = Arrays.asList(what.substring(colon + 1).split(",", -1));
    return kernel.tracepoint(category, name, new TreeSet<>(fields));
  }

  private static String text(TracepointFormat format) {
    StringBuilder text = new StringBuilder("format\n");
    for (TracepointFormat.Field f : format.fields()) {
      line(
          text,
          f.name(),
          f.shape(),
          f.cType(),
          f.offset(),
          f.size(),
          f.signed(),
          f.valueSize(),
          f.valueSigned());
    }
    format.unusable().keySet().forEach(name -> line(text, name, "unusable"));
    return text.toString();
  }

  private static String structs(List<KernelStruct> structs) {
    StringBuilder text = new StringBuilder();
    structs.forEach(struct -> text.append(text(struct)));
    return structs.isEmpty() ? "absent" : text.toString();
  }

  /** {@code KIND:NAME}. */
  private static String target(KernelDescription kernel, String what) {
    int colon = what.indexOf(':');
    for (KernelDescription.Target kind : KernelDescription.Target.values()) {
      if (colon > 0 && kind.name().equals(what.substring(0, colon))) {
        return kernel.target(kind, what.substring(colon + 1)).name();
      }
    }
    throw new MalformedKernelException("a trace holds an unknown question");
  }

  private static String text(KernelStruct struct) {
    StringBuilder text = new StringBuilder();
    line(text, struct.union() ? "union" : "struct", struct.size());
    for (KernelStruct.Field f : struct.fields()) {
      line(
          text,
          f.name(),
          f.shape(),
          f.bitOffset(),
          f.bitSize(),
          f.size(),
          f.signed(),
          f.elementSize(),
          f.count(),
          f.typeName());
    }
    return text.toString();
  }

  private static String text(KernelFunction function) {
    StringBuilder text = new StringBuilder("function\n");
    for (KernelFunction.Parameter p : function.parameters()) {
      line(text, p.name(), p.size(), p.signed(), p.structName(), p.pointer());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, Object... parts) {
    for (Object part : parts) {
      text.append(part).append('\t');
    }
    text.append('\n');
  }

  /** Hex SHA-256 of a text in UTF-8. */
  static String digest(String text) {
    String word = WORDS.get(text);
    return word == null ? Digest.of(text) : word;
  }
}
