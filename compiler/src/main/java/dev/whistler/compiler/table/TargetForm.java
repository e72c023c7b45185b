package dev.whistler.compiler.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a section name has behind its first slash (section 15.4), each a word of sections.txt. */
enum TargetForm {
  /** Nothing. */
  ONLY,
  /** A name without meaning. */
  LABEL,
  EVENT("CATEGORY/EVENT", "([A-Za-z0-9_]+)/([A-Za-z0-9_]+)", "category", "event"),
  RAW_EVENT("EVENT", "([A-Za-z_][A-Za-z0-9_.$]*)", "event"),
  TARGET("TARGET", "([A-Za-z_][A-Za-z0-9_.$]*)", "target"),
  HOOK("HOOK", "([A-Za-z_][A-Za-z0-9_.$]*)", "hook"),
  NAME("NAME", "([A-Za-z_][A-Za-z0-9_.$]*)", "name"),
  PATTERN("PATTERN", "([A-Za-z0-9_.$*?]+)", "pattern"),
  PROBE("PATH:PROVIDER:NAME", ".+:[^:]+:[^:]+"),
  // A path may hold colons, a symbol does not: the last one divides.
  PATH_PATTERN("PATH:PATTERN", "(.+):([^:]+)", "path", "pattern"),
  FUNCTION(
      "FUNCTION[+OFFSET]",
      "([A-Za-z_][A-Za-z0-9_.$]*)(?:\\+(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,9}))?",
      "function",
      "offset"),
  SYMBOL(
      "PATH:SYMBOL[+OFFSET]",
      "(.+):([^:+]+)(?:\\+(0[xX][0-9a-fA-F]{1,15}|[0-9]{1,15}))?",
      "path",
      "symbol",
      "offset");

  private static final Pattern PART_OF_EVENT = Pattern.compile("[A-Za-z0-9_]+/?");

  private final String shape;
  private final Pattern pattern;
  private final List<String> parameters;

  /** One without a target. */
  TargetForm() {
    this("", "");
  }

  /**
   * @param shape as messages show it
   * @param parameters of the schema, which the groups of the pattern give
   */
  TargetForm(String shape, String pattern, String... parameters) {
    this.shape = shape;
    this.pattern = Pattern.compile(pattern);
    this.parameters = List.of(parameters);
  }

  String shape() {
    return shape;
  }

  boolean isTarget() {
    return this != ONLY && this != LABEL;
  }

  /** The schema's parameters that a text gives; empty when it has not this form. */
  Optional<Map<String, Object>> parse(String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      String key = parameters.get(i);
      String value = matcher.group(i + 1);
      values.put(key, key.equals("offset") ? (Object) offset(value) : value);
    }
    return Optional.of(values);
  }

  /**
   * Whether a text is nothing or only a part of a target: a symbol without its file, a category
   * without its event.
   */
  boolean isIncomplete(String text) {
    return text.isEmpty()
        || switch (this) {
          case EVENT -> PART_OF_EVENT.matcher(text).matches();
          case SYMBOL, PATH_PATTERN -> !text.contains(":") || text.endsWith(":");
          case PROBE -> text.indexOf(':') == text.lastIndexOf(':') || text.endsWith(":");
          default -> false;
        };
  }

  private static Long offset(@Nullable String text) {
    return text == null ? 0L : Long.decode(text.replaceFirst("^0+(?=[0-9])", ""));
  }
}
