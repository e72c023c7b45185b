package dev.whistler.crds;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The syntax of labels, as Kubernetes has it: <a
 * href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set">labels
 * and selectors</a>.
 */
final class Labels {
  /** Most characters of a key: a DNS name of 253, a slash, a name of 63. */
  static final int MAX_KEY = 317;

  private static final int MAX_PREFIX = 253;
  private static final String NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  static final String KEY = "^(" + DNS_LABEL + "(\\." + DNS_LABEL + ")*/)?" + NAME + "$";

  /** The same without a backslash, which CEL takes for its own. */
  static final String KEY_IN_CEL = "^(" + DNS_LABEL + "([.]" + DNS_LABEL + ")*/)?" + NAME + "$";

  static final String VALUE = "^(" + NAME + ")?$";

  private static final Pattern KEYS = Pattern.compile(KEY);
  private static final Pattern VALUES = Pattern.compile(VALUE);

  private Labels() {}

  /** Why no label has such a key, as a part of a sentence. */
  static Optional<String> defectOfKey(String key) {
    boolean legal =
        key.length() <= MAX_KEY && key.indexOf('/') <= MAX_PREFIX && KEYS.matcher(key).matches();
    return legal ? Optional.empty() : Optional.of("no label can have the key " + shown(key));
  }

  /** Why no label has such a value, as a part of a sentence. */
  static Optional<String> defectOfValue(String value) {
    boolean legal = VALUES.matcher(value).matches();
    return legal ? Optional.empty() : Optional.of("no label can have the value " + shown(value));
  }

  private static String shown(String text) {
    return '"' + (text.length() <= MAX_KEY ? text : text.substring(0, MAX_KEY) + "…") + '"';
  }
}
