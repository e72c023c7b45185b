package dev.whistler.testbed.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.testbed.kernels.GuestLine.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelReportTest {
  private static final TestList LIST =
      TestList.parse(
          """
          # a comment
          test a.LinkTest
          test a.MapTest

          skip 6.1 LinkTest.tcx()
          skip 6.1 Corpus.random-*
          """);

  @TempDir Path directory;

  private static String console(GuestLine... lines) {
    StringBuilder text = new StringBuilder("<<<guest 6.1.0\nSLF4J: something else\n");
    for (GuestLine line : lines) {
      text.append(line.text()).append('\n');
    }
    return text + "guest>>> 0\n";
  }

  private static GuestLine line(Outcome outcome, String type, String name) {
    return new GuestLine(outcome, type, name, 12, outcome == Outcome.PASSED ? "" : "why");
  }

  @Test
  void aLineKeepsWhateverItSays() {
    GuestLine line =
        new GuestLine(Outcome.FAILED, "a.B", "[1] x = \"a\\b\"\t", 7, "one\n\ttwo \\n three\n");
    assertThat(line.text()).doesNotContain("\n");
    assertThat(GuestLine.parse("noise before " + line.text())).contains(line);
    assertThat(GuestLine.parse("##test\tODD\ta\tb\t1\t")).isEmpty();
    assertThat(GuestLine.parse("something else")).isEmpty();
  }

  @Test
  void whatIsExpectedIsNoFailure() {
    KernelReport report =
        KernelReport.of(
            "6.1",
            LIST,
            console(
                line(Outcome.PASSED, "a.MapTest", "put()"),
                line(Outcome.SKIPPED, "a.LinkTest", "tcx()"),
                line(Outcome.SKIPPED, "b.Corpus", "random-7")),
            "");
    assertThat(report.count(Outcome.PASSED)).isEqualTo(1);
    assertThat(report.count(Outcome.SKIPPED)).isEqualTo(2);
    assertThat(report.count(Outcome.FAILED)).isZero();
  }

  @Test
  void surprisesAreFailures() {
    String skipped =
        console(
            line(Outcome.SKIPPED, "a.LinkTest", "tcx()"), line(Outcome.PASSED, "a.MapTest", "x()"));
    assertThat(KernelReport.of("6.12", LIST, skipped, "").count(Outcome.FAILED)).isEqualTo(1);
    String silent = console(line(Outcome.PASSED, "a.LinkTest", "xdp()"));
    assertThat(KernelReport.of("6.1", LIST, silent, "").count(Outcome.FAILED)).isEqualTo(1);
    String whole =
        console(
            line(Outcome.PASSED, "a.LinkTest", "xdp()"), line(Outcome.PASSED, "a.MapTest", "x()"));
    assertThat(KernelReport.of("6.1", LIST, whole, "it hung").count(Outcome.FAILED)).isEqualTo(1);
  }

  @Test
  void theReportIsThatOfJunit() throws Exception {
    KernelReport report =
        new KernelReport(
            "6.1",
            List.of(
                line(Outcome.PASSED, "a.B", "<ok>"),
                new GuestLine(Outcome.FAILED, "a.B", "bad", 1500, "because\u0001\nof")));
    report.write(directory);
    assertThat(Files.readString(directory.resolve("TEST-linux-6.1.xml")))
        // Writers of XML differ in whether they escape a closing bracket and close empty elements.
        .containsPattern(
            "<testcase classname=\"a\\.B\" name=\"&lt;ok(>|&gt;)\" time=\"0\\.012\" ?/?>")
        .contains("time=\"1.500\"><failure message=\"because?\">because?\nof</failure>");
  }

  @Test
  void theListNamesTestsThatAreThere() {
    TestList list = TestList.read();
    assertThat(list.classes()).hasSizeGreaterThan(20).doesNotHaveDuplicates();
    assertThat(list.skips()).allMatch(skip -> skip.test().contains("."));
  }
}
