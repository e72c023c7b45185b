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
 *
 * @param names the names of the arguments, in the order in which they appear first
 */
record Template(Code code, String text, @Nullable String hint, List<String> names) {
  private static final Pattern PLACE =
      Pattern.compile("\\{([a-z][a-z-]*)(?:\\|([^|{}]+)\\|([^|{}]+))?}");

  static Template of(Code code, String text, @Nullable String hint) {
    Set<String> names = new LinkedHashSet<>();
    PLACE.matcher(text).results().forEach(place -> names.add(place.group(1)));
    if (hint != null) {
      PLACE.matcher(hint).results().forEach(place -> names.add(place.group(1)));
    }
    return new Template(code, text, hint, List.copyOf(names));
  }

  /** Says a message; a hint that needs an argument that is null is left out. */
  Sentence filled(Message message, @Nullable Object... arguments) {
    if (names.size() != arguments.length) {
      throw new IllegalArgumentException(
          message + " takes the arguments " + names + ", not " + arguments.length);
    }
    String said = filled(text, arguments);
    if (said == null) {
      throw new IllegalArgumentException(message + " needs all arguments of its text");
    }
    return new Sentence(message, said, hint == null ? null : filled(hint, arguments));
  }

  private @Nullable String filled(String template, @Nullable Object... arguments) {
    StringBuilder out = new StringBuilder();
    Matcher place = PLACE.matcher(template);
    while (place.find()) {
      Object argument = arguments[names.indexOf(place.group(1))];
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
