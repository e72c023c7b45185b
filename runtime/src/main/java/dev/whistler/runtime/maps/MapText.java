package dev.whistler.runtime.maps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps as text for people: tables with a column for each field, and bars for an array of counters
 * that is as long as a histogram by powers of two.
 */
public final class MapText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BAR = 40;
  // log2 of a 32-bit and of a 64-bit value, and one more for zero
  private static final long MIN_BUCKETS = 32;
  private static final long MAX_BUCKETS = 65;

  private MapText() {}

  /** The whole text of one map, ending in a line feed. */
  public static String render(MapTable table) {
    String title = table.map() + " (" + table.type() + ")\n";
    if (table.rows().isEmpty()) {
      return title + "  empty\n";
    }
    List<BigInteger> buckets = buckets(table);
    return title
        + (buckets.isEmpty() ? rows(table) : histogram(buckets))
        + (table.complete() ? "" : "  … and more\n");
  }

  /** Sums by bucket if this is a histogram, else nothing. */
  private static List<BigInteger> buckets(MapTable table) {
    boolean array = table.type().equals("array") || table.type().equals("percpu-array");
    if (!array || table.maxEntries() < MIN_BUCKETS || table.maxEntries() > MAX_BUCKETS) {
      return List.of();
    }
    List<BigInteger> buckets = new ArrayList<>();
    for (MapTable.Row row : table.rows()) {
      BigInteger sum = BigInteger.ZERO;
      for (String value : row.values()) {
        if (!value.matches("[0-9]+")) {
          return List.of();
        }
        sum = sum.add(new BigInteger(value));
      }
      buckets.add(sum);
    }
    return buckets;
  }

  private static String histogram(List<BigInteger> buckets) {
    int first = 0;
    int last = buckets.size() - 1;
    while (last >= 0 && buckets.get(last).signum() == 0) {
      last--;
    }
    while (first < last && buckets.get(first).signum() == 0) {
      first++;
    }
    if (last < 0) {
      return "  all zero\n";
    }
    BigInteger most = buckets.stream().reduce(BigInteger.ONE, BigInteger::max);
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("from", "to", "count", ""));
    for (int i = first; i <= last; i++) {
      BigInteger low = i == 0 ? BigInteger.ZERO : BigInteger.TWO.pow(i);
      BigInteger high = BigInteger.TWO.pow(i + 1).subtract(BigInteger.ONE);
      int width = buckets.get(i).multiply(BigInteger.valueOf(BAR)).divide(most).intValueExact();
      String bar = "#".repeat(width) + " ".repeat(BAR - width);
      lines.add(
          List.of(low.toString(), high.toString(), buckets.get(i).toString(), "|" + bar + "|"));
    }
    return aligned(lines, true);
  }

  private static String rows(MapTable table) {
    boolean array = table.type().endsWith("array");
    List<Map<String, String>> rows = new ArrayList<>();
    Map<String, Integer> columns = new LinkedHashMap<>();
    for (MapTable.Row row : table.rows()) {
      Map<String, String> cells = new LinkedHashMap<>();
      cells(cells, "key", row.key());
      int keyCells = cells.size();
      value(cells, row.values());
      boolean zero = cells.values().stream().skip(keyCells).allMatch(cell -> cell.equals("0"));
      if (!(array && zero)) {
        cells.keySet().forEach(name -> columns.putIfAbsent(name, columns.size()));
        rows.add(cells);
      }
    }
    if (rows.isEmpty()) {
      return "  all zero\n";
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.copyOf(columns.keySet()));
    for (Map<String, String> row : rows) {
      lines.add(columns.keySet().stream().map(name -> row.getOrDefault(name, "")).toList());
    }
    return aligned(lines, false);
  }

  /** Numbers of several CPUs are added up; anything else is shown for each CPU. */
  private static void value(Map<String, String> cells, List<String> values) {
    if (values.size() > 1 && values.stream().allMatch(v -> v.matches("-?[0-9]+"))) {
      BigInteger sum =
          values.stream().map(BigInteger::new).reduce(BigInteger.ZERO, BigInteger::add);
      cells.put("value", sum.toString());
      return;
    }
    for (int cpu = 0; cpu < values.size(); cpu++) {
      cells(cells, values.size() > 1 ? "cpu" + cpu : "value", values.get(cpu));
    }
  }

  private static void cells(Map<String, String> cells, String name, String json) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("our own rendering is no JSON: " + json, e);
    }
    if (node.isObject()) {
      node.properties()
          .forEach(
              member -> cells(cells, name + "." + member.getKey(), member.getValue().toString()));
    } else {
      // JSON text: control characters of the kernel's bytes stay escaped
      cells.put(name, json);
    }
  }

  private static String aligned(List<List<String>> lines, boolean right) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder(" ");
      for (int i = 0; i < widths.length; i++) {
        String fill = " ".repeat(widths[i] - line.get(i).length());
        row.append(' ').append(right ? fill + line.get(i) : line.get(i) + fill);
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
