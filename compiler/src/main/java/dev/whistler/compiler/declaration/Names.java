package dev.whistler.compiler.declaration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names in the custom of a language: distinct, and no words that the language keeps. */
final class Names {
  private final Set<String> reserved;
  private final Set<String> taken = new HashSet<>();

  Names(Set<String> reserved) {
    this.reserved = reserved;
  }

  /** The name itself, with underscores behind it while it is reserved or taken. */
  String unique(String name) {
    String candidate = name;
    while (reserved.contains(candidate) || !taken.add(candidate)) {
      candidate += "_";
    }
    return candidate;
  }

  private static List<String> words(String cName) {
    List<String> words = new ArrayList<>();
    for (String word : cName.split("_+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  /** {@code sched_event} becomes {@code SchedEvent}. */
  static String upperCamel(String cName) {
    StringBuilder name = new StringBuilder();
    for (String word : words(cName)) {
      name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "X" + name : name.toString();
  }

  /** {@code parent_pid} becomes {@code parentPid}. */
  static String lowerCamel(String cName) {
    String upper = upperCamel(cName);
    return upper.substring(0, 1).toLowerCase(Locale.ROOT) + upper.substring(1);
  }
}
