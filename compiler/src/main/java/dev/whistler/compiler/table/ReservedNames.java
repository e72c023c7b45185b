package dev.whistler.compiler.table;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Operator names that a program may not define (appendix A.4). */
public final class ReservedNames {
  private static final Set<String> FORMS =
      TableText.lines("reserved.txt").stream()
          .flatMap(line -> Arrays.stream(line.split(" ")))
          .collect(Collectors.toUnmodifiableSet());

  private ReservedNames() {}

  /** Whether a folded name is a core form, a standard macro or a helper. */
  public static boolean contains(String name) {
    return FORMS.contains(name) || Helpers.named(name).isPresent();
  }

  /** The core forms and standard macros, without helpers. */
  public static Set<String> forms() {
    return FORMS;
  }
}
