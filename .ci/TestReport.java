import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Sums up the test reports below a directory (those of the modules whose names begin with the
 * second argument): one line a module, every skip with its reason, every failure by name and
 * message, and a closing line {@code N passed, N failed, N skipped}. Exits with 1 if anything
 * failed or nothing ran.
 */
final class TestReport {
  private static final int MESSAGE_LENGTH = 400;

  private TestReport() {}

  private static final class Counts {
    int passed;
    int failed;
    int skipped;
    double seconds;
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    Map<String, Counts> modules = new TreeMap<>();
    Map<String, Integer> skips = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    String wanted = arguments.length > 1 ? arguments[1] : "";
    for (Path report : reports(root)) {
      String module = module(root.relativize(report));
      if (!module.startsWith(wanted)) {
        continue;
      }
      Counts counts = modules.computeIfAbsent(module, m -> new Counts());
      var document =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
      NodeList cases = document.getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        String name =
            module
                + ": "
                + simple(test.getAttribute("classname"))
                + "."
                + test.getAttribute("name");
        counts.seconds += seconds(test.getAttribute("time"));
        if (failure(test) instanceof Element failure) {
          counts.failed++;
          // A log may be cut where the whole message stands.
          failures.add(name + ": " + clip(failure.getAttribute("message")));
        } else if (test.getElementsByTagName("skipped").getLength() > 0) {
          counts.skipped++;
          Element skipped = (Element) test.getElementsByTagName("skipped").item(0);
          String told = skipped.getAttribute("message");
          String reason = told.isBlank() ? skipped.getTextContent().strip() : told;
          skips.merge(
              module
                  + ": "
                  + (reason.isBlank()
                      ? "no reason given: " + name
                      : firstLine(reason)
                          .replaceFirst(
                              "^[\\w.]*TestAbortedException: (Assumption failed: )?", "")),
              1,
              Integer::sum);
        } else {
          counts.passed++;
        }
      }
    }
    Counts all = new Counts();
    modules.forEach(
        (module, counts) -> {
          System.out.printf(
              "%-11s %5d passed %3d failed %3d skipped %7.1f s%n",
              module, counts.passed, counts.failed, counts.skipped, counts.seconds);
          all.passed += counts.passed;
          all.failed += counts.failed;
          all.skipped += counts.skipped;
        });
    skips.forEach((reason, count) -> System.out.println("skipped " + count + " x " + reason));
    failures.forEach(name -> System.out.println("FAILED  " + name));
    System.out.println(
        all.passed + " passed, " + all.failed + " failed, " + all.skipped + " skipped");
    System.exit(all.failed > 0 || all.passed == 0 ? 1 : 0);
  }

  private static Element failure(Element test) {
    NodeList failures = test.getElementsByTagName("failure");
    NodeList found = failures.getLength() > 0 ? failures : test.getElementsByTagName("error");
    return (Element) found.item(0);
  }

  private static String clip(String message) {
    String line = message.strip().replaceAll("\\s+", " ");
    return line.length() <= MESSAGE_LENGTH ? line : line.substring(0, MESSAGE_LENGTH) + "…";
  }

  private static List<Path> reports(Path root) throws IOException {
    try (var files =
        Files.find(
            root,
            4,
            (p, a) ->
                a.isRegularFile()
                    && p.getFileName().toString().matches("TEST-.*\\.xml")
                    && p.getParent().getFileName().toString().endsWith("-reports"))) {
      return files.sorted().toList();
    }
  }

  /** The module, or the kernel whose guest the report is from: {@code linux-6.1-reports}. */
  private static String module(Path report) {
    String directory = report.getParent().getFileName().toString();
    return directory.startsWith("linux-")
        ? directory.replace("-reports", "")
        : report.getName(0).toString();
  }

  private static double seconds(String text) {
    try {
      return Double.parseDouble(text.replace(",", ""));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
