package dev.whistler.runtime.load;

/** Cuts the form at a column out of a line of source. */
final class SourceForm {
  private static final int MAX_LENGTH = 60;

  private SourceForm() {}

  /**
   * @param line one line of source text
   * @param column from 1
   * @return the form that begins there, to its closing parenthesis or the end of the line,
   *     shortened to 60 characters; the whole line where the column lies outside
   */
  static String at(String line, int column) {
    int start = column - 1;
    if (start < 0 || start >= line.length()) {
      return shortened(line.strip());
    }
    if (line.charAt(start) != '(') {
      return shortened(line.substring(start, atomEnd(line, start)));
    }
    int depth = 0;
    boolean string = false;
    for (int i = start; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        string = !string;
      } else if (!string && c == ';') {
        return shortened(line.substring(start, i).strip() + " …");
      } else if (!string && c == '(') {
        depth++;
      } else if (!string && c == ')' && --depth == 0) {
        return shortened(line.substring(start, i + 1));
      }
    }
    return shortened(line.substring(start).strip() + " …");
  }

  private static int atomEnd(String line, int start) {
    int end = start;
    while (end < line.length() && " \t()\";".indexOf(line.charAt(end)) < 0) {
      end++;
    }
    return Math.max(end, start + 1);
  }

  private static String shortened(String form) {
    return form.length() <= MAX_LENGTH ? form : form.substring(0, MAX_LENGTH - 2) + " …";
  }
}
