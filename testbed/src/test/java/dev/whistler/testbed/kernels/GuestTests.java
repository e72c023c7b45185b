package dev.whistler.testbed.kernels;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes in one virtual machine and reports each test by a line of its own (see {@link
 * GuestLine}), so that what ran before a guest hangs or dies is known.
 *
 * <p>The launcher is put together by hand: what JUnit would search for costs seconds on an emulated
 * machine.
 */
public final class GuestTests implements TestExecutionListener {
  private final Map<String, Long> started = new ConcurrentHashMap<>();
  private final PrintStream output;

  private GuestTests(PrintStream output) {
    this.output = output;
  }

  /** Runs the classes listed in the file given, one a line, in their order. */
  public static void main(String[] arguments) throws IOException {
    List<String> classes = Files.readAllLines(Path.of(arguments[0]));
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(classes.stream().map(name -> selectClass(name)).toList())
            // An emulated machine takes longer than a test allows; the guest has a bound of its
            // own.
            .configurationParameter("junit.jupiter.execution.timeout.mode", "disabled")
            .build();
    Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestEngineAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .addTestEngines(new JupiterTestEngine())
            .build();
    Launcher launcher = LauncherFactory.create(config);
    launcher.execute(
        request, new GuestTests(new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    // Threads that a failed test left must not keep the guest.
    System.exit(0);
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    started.put(test.getUniqueId(), System.nanoTime());
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    report(test, GuestLine.Outcome.SKIPPED, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Throwable thrown = result.getThrowable().orElse(null);
    switch (result.getStatus()) {
      case SUCCESSFUL -> {
        if (test.isTest()) {
          report(test, GuestLine.Outcome.PASSED, "");
        }
      }
      case ABORTED ->
          report(test, GuestLine.Outcome.SKIPPED, thrown == null ? "" : "" + thrown.getMessage());
      case FAILED -> report(test, GuestLine.Outcome.FAILED, trace(thrown));
      default -> throw new IllegalStateException(result.toString());
    }
  }

  private void report(TestIdentifier test, GuestLine.Outcome outcome, String detail) {
    long nanos = System.nanoTime() - started.getOrDefault(test.getUniqueId(), System.nanoTime());
    output.println(
        new GuestLine(outcome, className(test), test.getDisplayName(), nanos / 1_000_000, detail)
            .text());
  }

  private static String className(TestIdentifier test) {
    return switch (test.getSource().orElse(null)) {
      case MethodSource method -> method.getClassName();
      case ClassSource type -> type.getClassName();
      case null, default -> "tests";
    };
  }

  private static String trace(Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
