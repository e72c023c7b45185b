import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Plants the defects of {@code .ci/defects.txt} one at a time in a copy of the sources (first
 * argument), builds it, and runs the test that each names; the second argument, if given, is a
 * regular expression that selects by test and file. Prints what each test said. Exits with 1
 * if a test passed in spite of its defect, or nothing was learned because the copy did not build.
 */
final class Defects {
  private static final long LIMIT_MINUTES = 8;

  private Defects() {}

  private record Defect(String testClass, String method, Path file, String text, String instead) {
    static Defect of(String block) {
      String[] lines = block.strip().split("\n");
      if (lines.length != 4) {
        throw new IllegalArgumentException("four lines expected:\n" + block);
      }
      String[] test = lines[0].split("#");
      return new Defect(test[0], test[1], Path.of(lines[1]), lines[2], lines[3]);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path copy = Path.of(arguments[0]);
    Pattern wanted = Pattern.compile(arguments.length > 1 ? arguments[1] : "");
    List<String> missed = new ArrayList<>();
    int planted = 0;
    for (Defect defect : all(copy)) {
      if (!wanted.matcher(defect.testClass + "#" + defect.method + " " + defect.file).find()) {
        continue;
      }
      planted++;
      System.out.printf("%s: %s%n", defect.file.getFileName(), defect.instead);
      String verdict = verdict(copy, defect);
      System.out.printf("  %s.%s: %s%n", defect.testClass, defect.method, verdict);
      if (!verdict.startsWith("failed")) {
        missed.add(defect.file.getFileName() + ": " + defect.instead);
      }
    }
    System.out.printf("%d of %d defects noticed%n", planted - missed.size(), planted);
    missed.forEach(defect -> System.out.println("  not noticed: " + defect));
    System.exit(missed.isEmpty() && planted > 0 ? 0 : 1);
  }

  private static List<Defect> all(Path copy) throws IOException {
    String text = Files.readString(copy.resolve(".ci/defects.txt"));
    return Arrays.stream(text.split("\n\\s*\n"))
        .map(block -> block.replaceAll("(?m)^#.*\n?", ""))
        .filter(block -> !block.isBlank())
        .map(Defect::of)
        .toList();
  }

  private static String verdict(Path copy, Defect defect) throws Exception {
    Path file = copy.resolve(defect.file);
    String original = Files.readString(file);
    int at = original.indexOf(defect.text);
    if (at < 0 || original.indexOf(defect.text, at + 1) >= 0) {
      return "cannot be planted: its text must stand in the file exactly once";
    }
    Files.writeString(file, original.replace(defect.text, defect.instead));
    try {
      return run(copy, defect);
    } finally {
      Files.writeString(file, original);
    }
  }

  private static String run(Path copy, Defect defect) throws Exception {
    Path reports = copy.resolve("e2e/target/failsafe-reports");
    delete(reports);
    Path log = copy.resolve("defect.log");
    Process maven =
        new ProcessBuilder(
                "mvn", "-B", "-ntp", "-pl", "e2e", "-am", "verify", "-Dspotless.check.skip=true",
                "-Dtest=none", "-Dsurefire.failIfNoSpecifiedTests=false",
                "-Dit.test=" + defect.testClass + "#" + defect.method,
                "-Dfailsafe.failIfNoSpecifiedTests=false")
            .directory(copy.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!maven.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      maven.descendants().forEach(ProcessHandle::destroy);
      maven.destroy();
      maven.waitFor(1, TimeUnit.MINUTES);
      return "did not end within " + LIMIT_MINUTES + " min";
    }
    try (var files = Files.exists(reports) ? Files.list(reports) : java.util.stream.Stream.<Path>empty()) {
      for (Path report : files.filter(f -> f.toString().endsWith(".xml")).toList()) {
        String said = said(report, defect.method);
        if (said != null) {
          return said;
        }
      }
    }
    return "was not run; the last lines of the build:\n" + tail(log);
  }

  /** What a report says of a method; null if it says nothing of it. */
  private static String said(Path report, String method) throws Exception {
    NodeList cases =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      if (!test.getAttribute("name").startsWith(method)) {
        continue;
      }
      for (String kind : List.of("failure", "error")) {
        if (test.getElementsByTagName(kind).item(0) instanceof Element problem) {
          return "failed: " + firstLines(problem);
        }
      }
      return test.getElementsByTagName("skipped").getLength() > 0 ? "skipped" : "passed";
    }
    return null;
  }

  private static String firstLines(Element problem) {
    String message = problem.getAttribute("message");
    String text = message.isBlank() ? problem.getTextContent() : message;
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= 160 ? line : line.substring(0, 160) + " …";
  }

  private static String tail(Path log) throws IOException {
    List<String> lines =
        Files.readAllLines(log).stream().filter(line -> line.contains("ERROR")).limit(8).toList();
    return String.join("\n", lines);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
