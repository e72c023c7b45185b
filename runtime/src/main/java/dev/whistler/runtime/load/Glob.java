package dev.whistler.runtime.load;

/** A pattern of names: {@code *} stands for any text, {@code ?} for one character. */
final class Glob {
  private final String pattern;

  Glob(String pattern) {
    this.pattern = pattern;
  }

  /** Whether a name matches as a whole; in time of the product of the two lengths at most. */
  boolean matches(String name) {
    int at = 0;
    int from = 0;
    int star = -1;
    int retry = 0;
    while (from < name.length()) {
      char wanted = at < pattern.length() ? pattern.charAt(at) : 0;
      if (wanted == '*' && at < pattern.length()) {
        star = at++;
        retry = from;
      } else if (at < pattern.length() && (wanted == '?' || wanted == name.charAt(from))) {
        at++;
        from++;
      } else if (star >= 0) {
        at = star + 1;
        from = ++retry;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }
}
