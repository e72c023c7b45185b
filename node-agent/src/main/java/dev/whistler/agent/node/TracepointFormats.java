package dev.whistler.agent.node;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The tracepoint formats of the running kernel. */
public final class TracepointFormats {

  private static final Path EVENTS = Path.of("/sys/kernel/tracing/events");

  private TracepointFormats() {}

  /**
   * Text of each format file, by {@code category/event}.
   *
   * @throws IOException when tracefs is not mounted or cannot be read
   */
  public static Map<String, String> read() throws IOException {
    Map<String, String> formats = new TreeMap<>();
    try (DirectoryStream<Path> categories = Files.newDirectoryStream(EVENTS, Files::isDirectory)) {
      for (Path category : categories) {
        try (DirectoryStream<Path> events =
            Files.newDirectoryStream(category, event -> Files.exists(event.resolve("format")))) {
          for (Path event : events) {
            formats.put(
                category.getFileName() + "/" + event.getFileName(),
                Files.readString(event.resolve("format")));
          }
        }
      }
    }
    return formats;
  }
}
