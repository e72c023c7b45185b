package dev.whistler.e2e.system;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One page of an agent's metrics endpoint. */
record Metrics(String page) {

  static Metrics of(WhistlerSystem system) {
    return new Metrics(system.agent().process().get("/metrics"));
  }

  /** The sum of all samples of a metric for a program; 0 without any. */
  long sum(String metric, String program) {
    Pattern sample =
        Pattern.compile(
            Pattern.quote(metric) + "\\{.*program=\"" + Pattern.quote(program) + "\".*\\} (\\S+)");
    return page.lines()
        .map(sample::matcher)
        .filter(Matcher::matches)
        .mapToLong(match -> (long) Double.parseDouble(match.group(1)))
        .sum();
  }
}
