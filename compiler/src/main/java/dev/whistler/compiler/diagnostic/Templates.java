package dev.whistler.compiler.diagnostic;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The texts of all messages: the resource {@code messages.txt} of this package. A line {@code ##
 * CODE} begins the messages of a code; each is {@code key: text}, and {@code = hint} may follow.
 */
final class Templates {
  private static final String CODE = "## ";
  private static final String HINT = "  = ";

  private static final Map<String, Template> ALL = read();

  private Templates() {}

  /** All templates by key, in the order of the resource. */
  static Map<String, Template> all() {
    return ALL;
  }

  private static Map<String, Template> read() {
    Map<String, Template> templates = new LinkedHashMap<>();
    Code code = Code.E_INTERNAL;
    String key = "";
    for (String line : Resource.text("messages.txt").lines().toList()) {
      if (line.startsWith(CODE)) {
        code = Code.valueOf(line.substring(CODE.length()).replace('-', '_'));
      } else if (line.startsWith(HINT)) {
        String hint = line.substring(HINT.length());
        templates.computeIfPresent(key, (k, t) -> Template.of(t.code(), t.text(), hint));
      } else if (!line.isEmpty()) {
        int colon = line.indexOf(": ");
        key = line.substring(0, colon);
        Template template = Template.of(code, line.substring(colon + 2), null);
        if (templates.put(key, template) != null) {
          throw new IllegalStateException("messages.txt has the key " + key + " twice");
        }
      }
    }
    return Collections.unmodifiableMap(templates);
  }
}
