package dev.whistler.e2e.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.testbed.workload.Forks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a file sink holds. */
final class Records {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Records() {}

  /** Every whole line; a line that is being written is left out. */
  static List<JsonNode> in(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Records::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process ids of the children of these forks that a file sink holds, in its order. */
  static List<Integer> children(Path file, Forks forks) {
    return in(file).stream()
        .filter(record -> record.at("/data/parent").asLong() == forks.parent())
        .map(record -> record.at("/data/pid").asInt())
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + line, e);
    }
  }
}
