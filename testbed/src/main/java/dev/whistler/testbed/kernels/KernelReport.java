package dev.whistler.testbed.kernels;

import dev.whistler.testbed.kernels.GuestLine.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What ran in one kernel, with what did not go as it must: a listed class of which nothing was
 * heard, a skip that nobody expects, and a guest that did not end well are failures too.
 *
 * @param line of the kernel, as {@code 6.1}
 * @param outcomes in the order in which they came
 */
public record KernelReport(String line, List<GuestLine> outcomes) {
  private static final String MATRIX = "KernelMatrix";

  public KernelReport {
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Reads a guest's console.
   *
   * @param failure why the guest did not end well, or empty
   */
  static KernelReport of(String line, TestList list, String console, String failure) {
    List<GuestLine> outcomes = new ArrayList<>();
    for (String text : console.lines().toList()) {
      GuestLine.parse(text).map(outcome -> judged(line, list, outcome)).ifPresent(outcomes::add);
    }
    Set<String> heard = outcomes.stream().map(GuestLine::className).collect(Collectors.toSet());
    for (String name : list.classes()) {
      if (!heard.contains(name)) {
        outcomes.add(new GuestLine(Outcome.FAILED, name, "runs", 0, "nothing was heard of it"));
      }
    }
    if (!failure.isEmpty()) {
      outcomes.add(new GuestLine(Outcome.FAILED, MATRIX, "the guest ends", 0, failure));
    }
    return new KernelReport(line, outcomes);
  }

  /** The report where a kernel could not be tried at all. */
  static KernelReport notTried(String line, Outcome outcome, String reason) {
    return new KernelReport(
        line, List.of(new GuestLine(outcome, MATRIX, "the guest boots", 0, reason)));
  }

  private static GuestLine judged(String line, TestList list, GuestLine outcome) {
    boolean surprise =
        outcome.outcome() == Outcome.SKIPPED && !list.expects(line, simpleName(outcome));
    return surprise
        ? new GuestLine(
            Outcome.FAILED,
            outcome.className(),
            outcome.name(),
            outcome.millis(),
            "skipped, which tests.txt does not list: " + outcome.detail())
        : outcome;
  }

  private static String simpleName(GuestLine outcome) {
    String name = outcome.className();
    return name.substring(name.lastIndexOf('.') + 1) + "." + outcome.name();
  }

  /** How many ended so. */
  public long count(Outcome outcome) {
    return outcomes.stream().filter(one -> one.outcome() == outcome).count();
  }

  /** Why tests were skipped, and how many for each reason. */
  List<String> skipped() {
    return outcomes.stream()
        .filter(one -> one.outcome() == Outcome.SKIPPED)
        .collect(Collectors.groupingBy(GuestLine::detail, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(reason -> "%6d skipped: %s".formatted(reason.getValue(), reason.getKey()))
        .toList();
  }

  /** The slowest tests, for people who look for time. */
  List<String> slowest(int limit) {
    return outcomes.stream()
        .sorted(Comparator.comparingLong(GuestLine::millis).reversed())
        .limit(limit)
        .map(one -> "%6d ms %s".formatted(one.millis(), simpleName(one)))
        .toList();
  }

  /**
   * Writes the report in the form of JUnit's own.
   *
   * @param directory whose name ends in {@code -reports}, so that the totals include it
   */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (var out = Files.newBufferedWriter(directory.resolve("TEST-linux-" + line + ".xml"))) {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument();
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "Linux " + line);
      for (GuestLine one : outcomes) {
        write(xml, one);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException("cannot write the report of Linux " + line, e);
    }
  }

  private static void write(XMLStreamWriter xml, GuestLine one) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", one.className());
    xml.writeAttribute("name", one.name());
    xml.writeAttribute("time", "%d.%03d".formatted(one.millis() / 1000, one.millis() % 1000));
    if (one.outcome() != Outcome.PASSED) {
      xml.writeStartElement(one.outcome() == Outcome.SKIPPED ? "skipped" : "failure");
      xml.writeAttribute("message", printable(one.detail().lines().findFirst().orElse("")));
      xml.writeCharacters(printable(one.detail()));
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  /** Without the characters that XML 1.0 forbids; a console may hold any. */
  private static String printable(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]", "?");
  }
}
