package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InArguments;
import dev.whistler.compiler.type.Shape.InRecord;
import dev.whistler.compiler.type.Shape.InStruct;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
          case "category" -> Boolean.toString(kernel.hasCategory(what));
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
    for (Field<InRecord> f : format.fields()) {
      InRecord shape = f.shape();
      String kind = shape.kind().replace('-', '_').toUpperCase(Locale.ROOT);
      int value = shape instanceof Shape.Array array ? array.element().size() : f.size();
      boolean signed = shape.signed();
      if (shape instanceof Shape.Scalar scalar) {
        value = scalar.loaded().width();
        signed = scalar.loaded().signed();
      }
      line(text, f.name(), kind, f.cType(), f.offset(), f.size(), shape.signed(), value, signed);
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
    for (Field<InStruct> f : struct.fields()) {
      int size = f.size();
      switch (f.shape()) {
        case Shape.Scalar _ -> line(text, "INTEGER", 0, 8 * size, size, -1, f);
        case Shape.Pointer _ -> line(text, "POINTER", 0, 8 * size, size, -1, f);
        case Shape.BitField bits -> line(text, "BIT_FIELD", bits.first(), bits.bits(), size, -1, f);
        case Shape.Nested _ -> line(text, "STRUCT", 0, 8 * size, 0, -1, f);
        case Shape.Opaque _ -> line(text, "OPAQUE", 0, 8 * size, 0, -1, f);
        case Shape.Array array -> {
          int element = array.element() instanceof Shape.Scalar scalar ? scalar.size() : 0;
          line(text, "ARRAY", 0, 8 * size, element, array.count(), f);
        }
      }
    }
    return text.toString();
  }

  private static void line(
      StringBuilder text, String kind, int bit, int bits, int element, int count, Field<?> f) {
    int first = 8 * f.offset() + bit;
    boolean signed = f.shape().signed();
    line(text, f.name(), kind, first, bits, f.size(), signed, element, count, f.cType());
  }

  private static String text(KernelFunction function) {
    StringBuilder text = new StringBuilder("function\n");
    for (Field<InArguments> p : function.parameters()) {
      boolean pointer = p.shape() instanceof Shape.Pointer;
      line(text, p.name(), p.size(), p.shape().signed(), p.cType(), pointer);
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
