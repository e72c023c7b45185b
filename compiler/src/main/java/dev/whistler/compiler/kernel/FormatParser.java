package dev.whistler.compiler.kernel;

import dev.whistler.compiler.kernel.TracepointFormat.Field;
import dev.whistler.compiler.kernel.TracepointFormat.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses the {@code format} file of a tracepoint (section 13.3; written by kernel/trace/
 * trace_events.c). The text may come from a hostile node: anything unexpected is a {@link
 * MalformedKernelException}.
 */
public final class FormatParser {
  /** Characters of one format text (section 22). */
  public static final int MAX_TEXT = 64 * 1024;

  /** Fields of one event (section 22). */
  public static final int MAX_FIELDS = 256;

  /** Records are at most one page; offsets in instructions end here. */
  private static final int MAX_OFFSET = Short.MAX_VALUE;

  private final String event;

  private FormatParser(String event) {
    this.event = event;
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
    List<Field> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String stripped = line.strip();
      if (stripped.startsWith("print fmt:")) {
        break;
      }
      if (!stripped.startsWith("field:")) {
        continue;
      }
      if (fields.size() == MAX_FIELDS) {
        throw malformed("has more than " + MAX_FIELDS + " fields");
      }
      Field field = field(stripped);
      if (names.add(field.name())) {
        fields.add(field);
      } else {
        throw malformed("names the field " + field.name() + " twice");
      }
    }
    if (fields.isEmpty()) {
      throw malformed("has no fields");
    }
    return new TracepointFormat(event, fields);
  }

  private Field field(String line) {
    String[] parts = line.split(";", -1);
    if (parts.length < 3) {
      throw malformed("has the incomplete line " + shown(line));
    }
    String declaration = parts[0].substring("field:".length()).strip();
    int offset = number(parts[1], "offset:", line);
    int size = number(parts[2], "size:", line);
    boolean signed = parts.length > 3 && number(parts[3], "signed:", line) == 1;
    if ((long) offset + size > MAX_OFFSET) {
      throw malformed("has a field behind " + MAX_OFFSET + " bytes: " + shown(line));
    }
    return declared(declaration, offset, size, signed, line);
  }

  private Field declared(String declaration, int offset, int size, boolean signed, String line) {
    String text = declaration;
    @Nullable String bound = null;
    if (text.endsWith("]")) {
      int bracket = text.lastIndexOf('[');
      if (bracket < 0) {
        throw malformed("has the unreadable line " + shown(line));
      }
      bound = text.substring(bracket + 1, text.length() - 1).strip();
      text = text.substring(0, bracket).stripTrailing();
    }
    int start = text.length();
    while (start > 0 && isIdentifierPart(text.charAt(start - 1))) {
      start--;
    }
    String name = text.substring(start);
    String type = text.substring(0, start).strip();
    if (name.isEmpty() || isDigit(name.charAt(0)) || type.isEmpty()) {
      throw malformed("has the unreadable line " + shown(line));
    }
    if (type.startsWith("__data_loc ") || type.startsWith("__rel_loc ")) {
      Shape shape = type.startsWith("__data_loc ") ? Shape.DATA_LOC : Shape.REL_LOC;
      if (size != 4) {
        throw malformed("has a location word of " + size + " bytes: " + shown(line));
      }
      return new Field(name, shape, type, offset, size, signed, size);
    }
    if (bound != null) {
      int element = elementSize(bound, size);
      return new Field(name, Shape.ARRAY, type, offset, size, signed, element);
    }
    boolean scalar = size == 1 || size == 2 || size == 4 || size == 8;
    return scalar
        ? new Field(name, Shape.SCALAR, type, offset, size, signed, size)
        : new Field(name, Shape.ARRAY, type, offset, size, signed, 1);
  }

  /** Elements of 1 byte unless the bound is a number that divides the size into scalars. */
  private static int elementSize(String bound, int size) {
    if (bound.isEmpty() || bound.length() > 6 || !bound.chars().allMatch(FormatParser::isDigit)) {
      return 1;
    }
    int count = Integer.parseInt(bound);
    if (count == 0 || size % count != 0) {
      return 1;
    }
    int element = size / count;
    return element == 2 || element == 4 || element == 8 ? element : 1;
  }

  private int number(String part, String key, String line) {
    String text = part.strip();
    if (!text.startsWith(key)) {
      throw malformed("has the unreadable line " + shown(line));
    }
    String digits = text.substring(key.length());
    if (digits.isEmpty()
        || digits.length() > 9
        || !digits.chars().allMatch(FormatParser::isDigit)) {
      throw malformed("has no number behind " + key + " in " + shown(line));
    }
    return Integer.parseInt(digits);
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
