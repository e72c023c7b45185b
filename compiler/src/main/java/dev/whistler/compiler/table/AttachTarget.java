package dev.whistler.compiler.table;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the part of a section name behind the first slash (section 15.4). */
final class AttachTarget {
  private static final Pattern EVENT = Pattern.compile("([A-Za-z0-9_]+)/([A-Za-z0-9_]+)");
  private static final Pattern PART_OF_EVENT = Pattern.compile("[A-Za-z0-9_]+/?");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.$]*");
  private static final Pattern FUNCTION =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_.$]*)(?:\\+(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,9}))?");
  private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9_.$*?]+");
  // A path may hold colons, a symbol does not: the last one divides.
  private static final Pattern SYMBOL =
      Pattern.compile("(.+):([^:+]+)(?:\\+(0[xX][0-9a-fA-F]{1,15}|[0-9]{1,15}))?");
  private static final Pattern PATH_PATTERN = Pattern.compile("(.+):([^:]+)");
  private static final Pattern PROBE = Pattern.compile(".+:[^:]+:[^:]+");

  private AttachTarget() {}

  /**
   * The schema's parameters that a target gives.
   *
   * @param form as named in the table
   * @param text the target
   * @return empty when the text has not that form
   */
  static Optional<Map<String, Object>> parse(String form, String text) {
    return switch (form) {
      case "event" -> two(EVENT, text, "category", "event");
      case "raw-event" -> one(IDENTIFIER, text, "event");
      case "target" -> one(IDENTIFIER, text, "target");
      case "hook" -> one(IDENTIFIER, text, "hook");
      case "name" -> one(IDENTIFIER, text, "name");
      case "pattern" -> one(GLOB, text, "pattern");
      case "probe" -> PROBE.matcher(text).matches() ? Optional.of(Map.of()) : Optional.empty();
      case "path-pattern" -> two(PATH_PATTERN, text, "path", "pattern");
      case "function" -> withOffset(FUNCTION.matcher(text), "function");
      case "symbol" -> symbol(text);
      default -> throw new IllegalArgumentException("no target form " + form);
    };
  }

  /** The form of a target as messages show it. */
  static String shape(String form) {
    return switch (form) {
      case "event" -> "CATEGORY/EVENT";
      case "raw-event" -> "EVENT";
      case "hook" -> "HOOK";
      case "name" -> "NAME";
      case "pattern" -> "PATTERN";
      case "probe" -> "PATH:PROVIDER:NAME";
      case "path-pattern" -> "PATH:PATTERN";
      case "function" -> "FUNCTION[+OFFSET]";
      case "symbol" -> "PATH:SYMBOL[+OFFSET]";
      default -> "TARGET";
    };
  }

  /**
   * Whether a text is nothing or only a part of a target: a symbol without its file, a category
   * without its event.
   */
  static boolean isIncomplete(String form, String text) {
    long colons = text.chars().filter(c -> c == ':').count();
    return text.isEmpty()
        || switch (form) {
          case "event" -> PART_OF_EVENT.matcher(text).matches();
          case "symbol", "path-pattern" -> colons == 0 || text.endsWith(":");
          case "probe" -> colons < 2 || text.endsWith(":");
          default -> false;
        };
  }

  private static Optional<Map<String, Object>> one(Pattern pattern, String text, String key) {
    return pattern.matcher(text).matches() ? Optional.of(Map.of(key, text)) : Optional.empty();
  }

  private static Optional<Map<String, Object>> two(
      Pattern pattern, String text, String first, String second) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put(first, matcher.group(1));
    parameters.put(second, matcher.group(2));
    return Optional.of(parameters);
  }

  private static Optional<Map<String, Object>> withOffset(Matcher matcher, String key) {
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put(key, matcher.group(1));
    parameters.put("offset", offset(matcher.group(2)));
    return Optional.of(parameters);
  }

  private static Optional<Map<String, Object>> symbol(String text) {
    Matcher matcher = SYMBOL.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("path", matcher.group(1));
    parameters.put("symbol", matcher.group(2));
    parameters.put("offset", offset(matcher.group(3)));
    return Optional.of(parameters);
  }

  private static Long offset(@Nullable String text) {
    return text == null ? 0L : Long.decode(text.replaceFirst("^0+(?=[0-9])", ""));
  }
}
