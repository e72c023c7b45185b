package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.source.ResourceText;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The texts of all messages: the resource {@code messages.txt} of this package. A line {@code ##
 * CODE} begins the messages of a code; each is {@code key: text}, and {@code = hint} may follow.
 */
final class Templates {
  private static final String CODE = "## ";
  private static final String HINT = "  = ";

  private static final Map<String, Template> ALL = read();
  private static final Map<Message, Template> BY_MESSAGE = byMessage();

  private Templates() {}

  /** All templates by key, in the order of the resource. */
  static Map<String, Template> all() {
    return ALL;
  }

  static Template of(Message message) {
    return Objects.requireNonNull(BY_MESSAGE.get(message));
  }

  private static Map<Message, Template> byMessage() {
    Map<Message, Template> templates = new EnumMap<>(Message.class);
    for (Message message : Message.values()) {
      Template template = ALL.get(message.key());
      if (template == null) {
        throw new IllegalStateException("messages.txt has no text for " + message.key());
      }
      templates.put(message, template);
    }
    return templates;
  }

  private static Map<String, Template> read() {
    Map<String, Template> templates = new LinkedHashMap<>();
    Code code = Code.E_INTERNAL;
    String key = "";
    for (String line : ResourceText.of(Templates.class, "messages.txt").lines().toList()) {
      if (line.startsWith(CODE)) {
        code = Code.valueOf(line.substring(CODE.length()).replace('-', '_'));
      } else if (line.startsWith(HINT)) {
        String hint = line.substring(HINT.length());
        templates.computeIfPresent(key, (k, t) -> t.withHint(hint));
      } else if (!line.isEmpty()) {
        int colon = line.indexOf(": ");
        key = line.substring(0, colon);
        Template template = new Template(code, line.substring(colon + 2), null);
        if (templates.put(key, template) != null) {
          throw new IllegalStateException("messages.txt has the key " + key + " twice");
        }
      }
    }
    return Collections.unmodifiableMap(templates);
  }
}
