package dev.whistler.testbed.kernels;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.guest.Guest;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.guest.GuestKernels;
import dev.whistler.testbed.guest.GuestKernels.GuestKernel;
import dev.whistler.testbed.guest.GuestRoot;
import dev.whistler.testbed.kernels.GuestLine.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code ./whistler test --kernels [LINE…]}: boots Debian's kernels of the lines given, 6.1 and
 * 6.12 by default, side by side in QEMU, runs the kernel tests in them, and writes one report a
 * kernel to {@code testbed/target/linux-LINE-reports}. Exits with 1 if a test failed. With {@code
 * -Dwhistler.corpus.index=N} or {@code -Dwhistler.corpus.random=N} it only loads the compiler's
 * corpus, with N programs about indices or of any kind.
 */
public final class KernelMatrix {
  private static final List<String> LINES = List.of("6.1", "6.12");
  private static final String HERE = "here";
  private static final TestList NO_CLASSES = new TestList(List.of(), List.of());
  private static final int MEMORY_MIB = 2560;

  /** A busy machine needs several times the four minutes of an idle one. */
  private static final Duration LIMIT =
      TestPayload.corpusOnly() ? Duration.ofMinutes(60) : Duration.ofMinutes(25);

  private final Path reports;
  private final TestList list;

  private KernelMatrix(Path reports, TestList list) {
    this.reports = reports;
    this.list = list;
  }

  /** The lines of kernels; none for all. */
  public static void main(String[] arguments) throws Exception {
    List<String> lines = arguments.length == 0 ? LINES : List.of(arguments);
    Repository repository = Repository.find();
    TestList list = TestPayload.corpusOnly() ? TestList.read().withoutClasses() : TestList.read();
    KernelMatrix matrix = new KernelMatrix(repository.root().resolve("testbed/target"), list);
    Optional<String> missing = TestPayload.missing();
    List<KernelReport> reports =
        missing.isPresent() ? matrix.notTried(lines, missing.get()) : matrix.run(repository, lines);
    boolean failed = reports.stream().anyMatch(report -> report.count(Outcome.FAILED) > 0);
    System.exit(failed ? 1 : 0);
  }

  private List<KernelReport> notTried(List<String> lines, String reason) throws IOException {
    List<KernelReport> all = new ArrayList<>();
    for (String line : lines) {
      all.add(KernelReport.notTried(line, Outcome.SKIPPED, reason));
      keep(all.getLast());
    }
    System.err.println("whistler: no guest is booted: " + reason);
    return all;
  }

  private List<KernelReport> run(Repository repository, List<String> lines)
      throws GuestException, IOException, InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    try (TestPayload payload = TestPayload.build(repository, list);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      System.out.printf("built what the guests need in %d s%n", seconds(begin));
      List<KernelReport> all = new ArrayList<>();
      all.add(here(payload));
      List<Future<KernelReport>> running =
          lines.stream().map(line -> threads.submit(() -> run(line, payload))).toList();
      for (Future<KernelReport> one : running) {
        all.add(one.get());
      }
      return all;
    }
  }

  /** The corpus in this machine's kernel; all else has run here already. */
  private KernelReport here(TestPayload payload) throws IOException, GuestException {
    KernelReport report =
        root()
            ? KernelReport.of(HERE, NO_CLASSES, payload.loadHere(), "")
            : KernelReport.notTried(HERE, Outcome.SKIPPED, "needs root to load programs");
    keep(report);
    System.out.printf(
        "this machine's kernel: %d passed, %d failed, %d skipped of the corpus%n",
        report.count(Outcome.PASSED), report.count(Outcome.FAILED), report.count(Outcome.SKIPPED));
    report.skipped().forEach(System.out::println);
    return report;
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }

  private KernelReport run(String line, TestPayload payload) throws IOException {
    long begin = System.nanoTime();
    Path console = reports.resolve("linux-" + line + ".log");
    Files.createDirectories(reports);
    String release = "Linux " + line;
    String failure = "";
    try (GuestRoot root = GuestRoot.create()) {
      GuestKernel kernel = GuestKernels.inUserCache().newest(line);
      release = "Linux " + kernel.release();
      payload.addTo(root, kernel);
      Guest.Result result = Guest.run(kernel, root, MEMORY_MIB, LIMIT, console);
      failure = result.exitCode() == 0 ? "" : "the tests' process ended with " + result.exitCode();
    } catch (GuestException e) {
      failure = String.valueOf(e.getMessage());
    }
    String text = Files.exists(console) ? text(console) : "";
    KernelReport report =
        text.isEmpty()
            ? KernelReport.notTried(line, Outcome.FAILED, failure)
            : KernelReport.of(line, list, text, failure);
    keep(report);
    System.out.printf(
        "%s: %d passed, %d failed, %d skipped in %d s; the console is %s%n",
        release,
        report.count(Outcome.PASSED),
        report.count(Outcome.FAILED),
        report.count(Outcome.SKIPPED),
        seconds(begin),
        console);
    report.skipped().forEach(System.out::println);
    report.slowest(5).forEach(System.out::println);
    return report;
  }

  private void keep(KernelReport report) throws IOException {
    report.write(reports.resolve("linux-" + report.line() + "-reports"));
  }

  private static String text(Path console) throws IOException {
    return new String(Files.readAllBytes(console), StandardCharsets.UTF_8).replace("\r", "");
  }

  private static long seconds(long begin) {
    return (System.nanoTime() - begin) / 1_000_000_000;
  }
}
