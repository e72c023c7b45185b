package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses the {@code format} file of a tracepoint (section 13.3; written by kernel/trace/
 * trace_events.c). The text may come from a hostile node. A line that cannot be read makes the
 * field that it names unusable and nothing else; a text beyond the limits, or without any field, is
 * a {@link MalformedKernelException}.
 */
public final class FormatParser {
  /** Characters of one format text (section 22). */
  public static final int MAX_TEXT = 64 * 1024;

  /** Fields of one event (section 22). */
  public static final int MAX_FIELDS = 256;

  /** Records are at most one page; offsets in instructions end here. */
  private static final int MAX_OFFSET = Short.MAX_VALUE;

  /** Longer names are cut; the kernel's own are shorter than 64 characters. */
  private static final int MAX_NAME = 128;

  /** More brackets are not looked for. */
  private static final int MAX_DIMENSIONS = 8;

  private final String event;

  private FormatParser(String event) {
    this.event = event;
  }

  /** Why a line cannot be used: the rest of a sentence that begins with the field. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String why) {
      super(why, null, false, false);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * Parses one format text.
   *
   * @param event {@code category/event}, for messages and the result
   * @param text the file's contents
   */
  public static TracepointFormat parse(String event, String text) {
    return new FormatParser(event).parse(text);
  }

  private TracepointFormat parse(String text) {
    if (text.length() > MAX_TEXT) {
      throw malformed("is longer than " + MAX_TEXT + " characters");
    }
    Map<String, Field<InRecord>> fields = new LinkedHashMap<>();
    Map<String, String> unusable = new LinkedHashMap<>();
    int lines = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String stripped = line.strip();
      if (stripped.startsWith("print fmt:")) {
        break;
      }
      if (!stripped.startsWith("field:")) {
        continue;
      }
      if (lines++ == MAX_FIELDS) {
        throw malformed("has more than " + MAX_FIELDS + " fields");
      }
      field(stripped, fields, unusable);
    }
    if (fields.isEmpty() && unusable.isEmpty()) {
      throw malformed("has no fields");
    }
    return new TracepointFormat(event, List.copyOf(fields.values()), unusable);
  }

  private void field(
      String line, Map<String, Field<InRecord>> fields, Map<String, String> unusable) {
    String[] parts = line.split(";", 6);
    Optional<Declaration> declaration =
        Declaration.parse(parts[0].substring("field:".length()).strip());
    if (declaration.isEmpty()) {
      return; // Without a name nothing can refer to it.
    }
    String name = declaration.get().name();
    if (fields.containsKey(name) || unusable.containsKey(name)) {
      fields.remove(name);
      unusable.put(name, "is named twice");
      return;
    }
    try {
      fields.put(name, field(declaration.get(), parts));
    } catch (Unusable e) {
      unusable.put(name, e.why());
    }
  }

  private Field<InRecord> field(Declaration declaration, String[] parts) throws Unusable {
    if (parts.length < 3) {
      throw new Unusable("has no offset and size");
    }
    int offset = number(parts[1], "offset:");
    int size = number(parts[2], "size:");
    boolean signed = parts.length > 3 && number(parts[3], "signed:") == 1;
    if ((long) offset + size > MAX_OFFSET) {
      throw new Unusable("lies behind " + MAX_OFFSET + " bytes");
    }
    if (declaration.problem() != null) {
      throw new Unusable(declaration.problem());
    }
    InRecord shape = shape(declaration.type(), declaration.bound(), size, signed);
    return new Field<>(declaration.name(), offset, shape, declaration.type());
  }

  private InRecord shape(String type, @Nullable String bound, int size, boolean signed)
      throws Unusable {
    if (type.startsWith("__data_loc ") || type.startsWith("__rel_loc ")) {
      if (size != 4) {
        throw new Unusable("has a location word of " + size + " bytes");
      }
      return new Shape.Location(type.startsWith("__rel_loc "), signed);
    }
    if (bound != null) {
      return array(size, elementSize(type, bound, size), signed);
    }
    Optional<ScalarType> slot = ScalarType.ofWidth(size, signed);
    if (slot.isEmpty()) {
      return array(size, 1, signed);
    }
    // A narrow type in a wide slot, as each argument of a system call has one: the rest of the slot
    // is whatever the register held.
    ScalarType value = cType(type).filter(t -> t.width() < size).orElse(slot.get());
    return new Shape.Scalar(value, slot.get());
  }

  private static InRecord array(int size, int elementSize, boolean signed) {
    return new Shape.Array(Shape.Element.of(elementSize, signed), size / elementSize);
  }

  private Optional<ScalarType> cType(String type) {
    // An argument of a system call has one slot of 8 bytes, whatever its type; elsewhere the size
    // of an enumeration is the printed one. Its sign is not printed.
    return event.startsWith("syscalls/") && type.matches("(const )?enum \\w+( const)?")
        ? Optional.of(ScalarType.U32)
        : CTypes.integer(type);
  }

  private static int elementSize(String type, String bound, int size) throws Unusable {
    if (bound.isEmpty() || bound.length() > 6 || !bound.chars().allMatch(FormatParser::isDigit)) {
      int element = CTypes.integer(type).map(ScalarType::width).orElse(1);
      if (size % element != 0) {
        throw new Unusable("has " + size + " bytes, which are no whole number of " + type);
      }
      return element;
    }
    int count = Integer.parseInt(bound);
    if (count == 0 && size == 0) {
      return CTypes.integer(type).map(ScalarType::width).orElse(1);
    }
    if (count == 0 || size == 0 || size % count != 0) {
      throw new Unusable("has " + size + " bytes, which are not " + count + " equal elements");
    }
    return size / count;
  }

  private static int number(String part, String key) throws Unusable {
    String text = part.strip();
    String digits = text.startsWith(key) ? text.substring(key.length()) : "";
    if (digits.isEmpty()
        || digits.length() > 9
        || !digits.chars().allMatch(FormatParser::isDigit)) {
      throw new Unusable("has no number behind " + key);
    }
    return Integer.parseInt(digits);
  }

  /**
   * What stands between {@code field:} and the first semicolon.
   *
   * @param type the C type without name and bound
   * @param bound what the brackets hold, or null without brackets
   * @param problem why no layout can be told, or null
   */
  private record Declaration(
      String name, String type, @Nullable String bound, @Nullable String problem) {

    /** Empty when there is no name. */
    static Optional<Declaration> parse(String text) {
      int function = text.indexOf("(*");
      if (function >= 0) {
        return named(text.substring(function + 2), "", null, "is a pointer to a function");
      }
      List<String> bounds = new ArrayList<>();
      String rest = text;
      while (rest.endsWith("]") && bounds.size() < MAX_DIMENSIONS) {
        int open = opening(rest);
        if (open < 0) {
          break;
        }
        bounds.addFirst(rest.substring(open + 1, rest.length() - 1).strip());
        rest = rest.substring(0, open).stripTrailing();
      }
      int start = rest.length();
      while (start > 0 && isIdentifierPart(rest.charAt(start - 1))) {
        start--;
      }
      String name = rest.substring(start);
      String type = rest.substring(0, start).strip();
      if (name.isEmpty() || isDigit(name.charAt(0))) {
        return Optional.empty();
      }
      String shown = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
      if (type.isEmpty()) {
        return Optional.of(new Declaration(shown, type, null, "has no type"));
      }
      if (bounds.size() > 1) {
        return Optional.of(
            new Declaration(shown, type, null, "is an array of " + bounds.size() + " dimensions"));
      }
      boolean located = type.startsWith("__data_loc ") || type.startsWith("__rel_loc ");
      if (!located && type.endsWith("]")) {
        // "char[8] words": the bound stands with the type.
        int open = opening(type);
        if (open <= 0 || !bounds.isEmpty() || type.substring(0, open).contains("[")) {
          return Optional.of(new Declaration(shown, type, null, "has a type that is not known"));
        }
        String inside = type.substring(open + 1, type.length() - 1).strip();
        return Optional.of(
            new Declaration(shown, type.substring(0, open).stripTrailing(), inside, null));
      }
      boolean unreadable = !located && type.chars().anyMatch(c -> "()[]{}:,".indexOf(c) >= 0);
      return Optional.of(
          new Declaration(
              shown,
              type,
              bounds.isEmpty() ? null : bounds.getFirst(),
              unreadable ? "has a type that is not known" : null));
    }

    private static Optional<Declaration> named(
        String from, String type, @Nullable String bound, String problem) {
      String text = from.strip();
      int end = 0;
      while (end < text.length() && isIdentifierPart(text.charAt(end))) {
        end++;
      }
      return end == 0 || isDigit(text.charAt(0))
          ? Optional.empty()
          : Optional.of(
              new Declaration(text.substring(0, Math.min(end, MAX_NAME)), type, bound, problem));
    }

    /** The bracket that the last character closes, or -1. */
    private static int opening(String text) {
      int depth = 0;
      for (int i = text.length() - 1; i >= 0; i--) {
        char c = text.charAt(i);
        depth += c == ']' ? 1 : c == '[' ? -1 : 0;
        if (depth == 0) {
          return i;
        }
      }
      return -1;
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentifierPart(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
  }

  private MalformedKernelException malformed(String what) {
    return new MalformedKernelException("the format of " + shown(event) + " " + what);
  }

  /** Bounded and free of control characters, for messages. */
  private static String shown(String text) {
    String head = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return "\"" + head.replaceAll("\\p{Cntrl}", "?") + "\"";
  }
}
