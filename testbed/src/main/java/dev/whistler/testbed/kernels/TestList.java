package dev.whistler.testbed.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What runs in the guests, and what is known not to run in some of them.
 *
 * @param classes test classes in their order
 * @param skips tests that a kernel cannot run
 */
public record TestList(List<String> classes, List<Skip> skips) {
  private static final String RESOURCE = "tests.txt";

  public TestList {
    classes = List.copyOf(classes);
    skips = List.copyOf(skips);
  }

  /**
   * A test that is skipped on one kernel.
   *
   * @param line of the kernel, as {@code 6.1}
   * @param test simple name of its class, a dot, and its name; a {@code *} at the end stands for
   *     the rest of a name
   */
  public record Skip(String line, String test) {
    private boolean covers(String kernel, String name) {
      return line.equals(kernel)
          && (test.endsWith("*")
              ? name.startsWith(test.substring(0, test.length() - 1))
              : name.equals(test));
    }
  }

  /** The list of this module's resources. */
  public static TestList read() {
    try (InputStream in = TestList.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes a list apart: lines {@code test CLASS} and {@code skip KERNEL TEST}; {@code #} begins a
   * comment.
   */
  static TestList parse(String text) {
    List<String> classes = new ArrayList<>();
    List<Skip> skips = new ArrayList<>();
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "test" -> classes.add(words[1]);
        case "skip" -> skips.add(new Skip(words[1], words[2]));
        default -> throw new IllegalArgumentException(RESOURCE + ": " + line);
      }
    }
    return new TestList(classes, skips);
  }

  /** The same skips, and no classes. */
  TestList withoutClasses() {
    return new TestList(List.of(), skips);
  }

  /** Whether a skip is no surprise. */
  boolean expects(String line, String test) {
    return skips.stream().anyMatch(skip -> skip.covers(line, test));
  }
}
