package dev.whistler.testbed.bench.operator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server says at {@code /metrics}, in Prometheus' text format.
 *
 * @param samples values by name and labels, as they stand there
 */
record MetricsText(Map<String, Double> samples) {
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  static MetricsText parse(String text) {
    Map<String, Double> samples = new LinkedHashMap<>();
    text.lines()
        .filter(line -> !line.isBlank() && line.charAt(0) != '#')
        .forEach(
            line -> {
              int end = line.indexOf('}') < 0 ? line.indexOf(' ') : line.lastIndexOf('}') + 1;
              String[] value = line.substring(end).strip().split(" ", 2);
              samples.put(line.substring(0, end), number(value[0]));
            });
    return new MetricsText(samples);
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The sum of all samples of that name. */
  double sum(String name) {
    return samples.entrySet().stream()
        .filter(sample -> isOf(sample.getKey(), name))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The samples whose names begin so. */
  Map<String, Double> beginningWith(String prefix) {
    Map<String, Double> some = new TreeMap<>();
    samples.forEach(
        (sample, value) -> {
          if (sample.startsWith(prefix)) {
            some.put(sample, value);
          }
        });
    return some;
  }

  /**
   * Requests of an API server by what they ask for, such as {@code PUT leases}; with the code of
   * those that did not succeed.
   */
  Map<String, Double> requests() {
    Map<String, Double> requests = new TreeMap<>();
    samples.forEach(
        (sample, value) -> {
          if (isOf(sample, "apiserver_request_total")) {
            Map<String, String> labels = labels(sample);
            String resource = labels.getOrDefault("resource", "");
            String part = labels.getOrDefault("subresource", "");
            String code = labels.getOrDefault("code", "");
            String what =
                "%s %s%s%s"
                    .formatted(
                        labels.getOrDefault("verb", ""),
                        resource,
                        part.isEmpty() ? "" : "/" + part,
                        code.startsWith("2") ? "" : " " + code);
            requests.merge(what, value, Double::sum);
          }
        });
    return requests;
  }

  private static boolean isOf(String sample, String name) {
    return sample.equals(name) || sample.startsWith(name + "{");
  }

  private static Map<String, String> labels(String sample) {
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher matcher = LABEL.matcher(sample);
    while (matcher.find()) {
      labels.put(matcher.group(1), matcher.group(2));
    }
    return labels;
  }
}
