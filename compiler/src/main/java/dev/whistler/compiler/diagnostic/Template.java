package dev.whistler.compiler.diagnostic;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text and a hint with places for arguments: {@code {name}}, or {@code {count|operand|operands}}
 * for a number and the noun that agrees with it. Other braces stand for themselves.
 */
final class Template {
  private static final Pattern PLACE =
      Pattern.compile("\\{([a-z][a-z-]*)(?:\\|([^|{}]+)\\|([^|{}]+))?}");

  private final Code code;
  private final String text;
  private final @Nullable String hint;

  /** Found when they are asked for first: most messages are never said. */
  private @Nullable List<String> names;

  Template(Code code, String text, @Nullable String hint) {
    this.code = code;
    this.text = text;
    this.hint = hint;
  }

  Template withHint(String with) {
    return new Template(code, text, with);
  }

  Code code() {
    return code;
  }

  String text() {
    return text;
  }

  @Nullable String hint() {
    return hint;
  }

  /** The names of the arguments, in the order in which they appear first. */
  List<String> names() {
    List<String> known = names;
    if (known == null) {
      Set<String> found = new LinkedHashSet<>();
      addNames(text, found);
      if (hint != null) {
        addNames(hint, found);
      }
      // Whichever thread comes last puts in the same.
      known = List.copyOf(found);
      names = known;
    }
    return known;
  }

  private static void addNames(String template, Set<String> names) {
    Matcher place = PLACE.matcher(template);
    while (place.find()) {
      names.add(place.group(1));
    }
  }

  /** Says a message; a hint that needs an argument that is null is left out. */
  Sentence filled(Message message, @Nullable Object... arguments) {
    if (names().size() != arguments.length) {
      throw new IllegalArgumentException(
          message + " takes the arguments " + names() + ", not " + arguments.length);
    }
    String said = filled(text, arguments);
    if (said == null) {
      throw new IllegalArgumentException(message + " needs all arguments of its text");
    }
    return new Sentence(message, said, hint == null ? null : filled(hint, arguments));
  }

  private @Nullable String filled(String template, @Nullable Object... arguments) {
    if (arguments.length == 0) {
      return template;
    }
    StringBuilder out = new StringBuilder();
    Matcher place = PLACE.matcher(template);
    while (place.find()) {
      Object argument = arguments[names().indexOf(place.group(1))];
      if (argument == null) {
        return null;
      }
      String shown = argument.toString();
      String one = place.group(2);
      String noun = one == null ? "" : " " + (shown.equals("1") ? one : place.group(3));
      place.appendReplacement(out, Matcher.quoteReplacement(shown + noun));
    }
    return place.appendTail(out).toString();
  }
}
