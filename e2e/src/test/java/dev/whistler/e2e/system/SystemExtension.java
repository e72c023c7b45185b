package dev.whistler.e2e.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the one {@link WhistlerSystem} of the test run to every test that asks for it; it is
 * started for the first and closed after the last. Skips, with the reason, where programs cannot be
 * loaded.
 */
final class SystemExtension implements ParameterResolver, ExecutionCondition {

  private static final Namespace NAMESPACE = Namespace.create(SystemExtension.class);
  private static final int CAP_SYS_ADMIN = 21;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return obstacle()
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("programs can be loaded"));
  }

  private static Optional<String> obstacle() {
    try {
      String effective =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("CapEff:"))
              .findFirst()
              .map(line -> line.substring("CapEff:".length()).strip())
              .orElse("0");
      return (Long.parseUnsignedLong(effective, 16) >> CAP_SYS_ADMIN & 1) == 1
          ? Optional.empty()
          : Optional.of("loading BPF and comparing kernel ids needs root");
    } catch (IOException e) {
      return Optional.of("no /proc/self/status: this is not Linux");
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == WhistlerSystem.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Attempt.class, key -> Attempt.start(), Attempt.class)
        .get();
  }

  /**
   * A start is tried once in a run: what failed for the first test fails at once for the others.
   */
  private record Attempt(Optional<WhistlerSystem> system, Optional<RuntimeException> failure)
      implements AutoCloseable {

    static Attempt start() {
      try {
        return new Attempt(Optional.of(WhistlerSystem.start()), Optional.empty());
      } catch (RuntimeException e) {
        return new Attempt(Optional.empty(), Optional.of(e));
      }
    }

    WhistlerSystem get() {
      return system.orElseThrow(failure::orElseThrow);
    }

    @Override
    public void close() {
      system.ifPresent(WhistlerSystem::close);
    }
  }
}
