package dev.whistler.operator.build;

import dev.whistler.compiler.diagnostic.Code;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reasons that the compiler's codes become. */
public final class CompilerReasons {
  private CompilerReasons() {}

  public static Set<String> all() {
    return Stream.of(Code.values()).map(CompilerReason::of).collect(Collectors.toSet());
  }
}
