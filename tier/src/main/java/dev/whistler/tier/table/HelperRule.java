package dev.whistler.tier.table;

import dev.whistler.tier.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a kernel helper means for a tier.
 *
 * @param id enum bpf_func_id
 * @param name without {@code bpf_}, with hyphens
 * @param tier the lowest tier that may call it
 * @param arguments what it does with the first arguments; the rest does not matter
 * @param result what it returns
 */
public record HelperRule(int id, String name, Tier tier, List<Argument> arguments, Result result) {

  private static final Map<Integer, HelperRule> BY_ID = read();
  private static final Map<String, HelperRule> BY_NAME = byName();

  public HelperRule {
    arguments = List.copyOf(arguments);
  }

  /** What a helper does with an argument. */
  public sealed interface Argument {
    /** Nothing that matters to a tier. */
    record Other() implements Argument {}

    /**
     * A map.
     *
     * @param changed whether its entries are changed
     */
    record OfMap(boolean changed) implements Argument {}

    /** Memory that it writes, of a size that nothing here tells. */
    record Written() implements Argument {}

    /** Memory of so many bytes that it writes. */
    record WrittenBytes(int bytes) implements Argument {}

    /**
     * Memory that it writes.
     *
     * @param argument which argument holds the size, 1 to 5
     */
    record WrittenBuffer(int argument) implements Argument {}

    /** A function that the kernel calls back. */
    record Callback() implements Argument {}
  }

  /** What a helper returns. */
  public enum Result {
    NUMBER,
    MAP_VALUE,
    RECORD,
    KERNEL,
    /** What a look-up in a map of that type gives. */
    ELEMENT
  }

  private static Map<Integer, HelperRule> read() {
    Map<Integer, HelperRule> rules = new HashMap<>();
    for (List<String> row : TableText.rows("helpers.txt", 5)) {
      List<Argument> arguments = new ArrayList<>();
      TableText.words(row.get(3)).forEach(word -> arguments.add(argument(word)));
      int id = Integer.parseInt(row.get(0));
      rules.put(
          id, new HelperRule(id, row.get(1), Tier.of(row.get(2)), arguments, result(row.get(4))));
    }
    return Map.copyOf(rules);
  }

  private static Map<String, HelperRule> byName() {
    Map<String, HelperRule> rules = new HashMap<>();
    BY_ID.values().forEach(rule -> rules.put(rule.name(), rule));
    return Map.copyOf(rules);
  }

  private static Argument argument(String word) {
    return switch (word) {
      case "x" -> new Argument.Other();
      case "m" -> new Argument.OfMap(false);
      case "u" -> new Argument.OfMap(true);
      case "w" -> new Argument.Written();
      case "f" -> new Argument.Callback();
      default ->
          word.startsWith("w=")
              ? new Argument.WrittenBytes(Integer.parseInt(word.substring(2)))
              : new Argument.WrittenBuffer(Integer.parseInt(word.substring(1)));
    };
  }

  private static Result result(String word) {
    return switch (word) {
      case "number" -> Result.NUMBER;
      case "map-value" -> Result.MAP_VALUE;
      case "record" -> Result.RECORD;
      case "kernel" -> Result.KERNEL;
      case "element" -> Result.ELEMENT;
      default -> throw new IllegalStateException("no helper returns " + word);
    };
  }

  /** All helpers of the table. */
  public static List<HelperRule> all() {
    return List.copyOf(BY_ID.values());
  }

  /** The helper of that number; empty if none is listed. */
  public static Optional<HelperRule> of(int id) {
    return Optional.ofNullable(BY_ID.get(id));
  }

  /** The helper of that name; empty if none is listed. */
  public static Optional<HelperRule> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
