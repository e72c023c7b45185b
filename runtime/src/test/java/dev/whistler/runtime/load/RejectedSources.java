package dev.whistler.runtime.load;

import dev.whistler.bpf.verifier.Reason;
import dev.whistler.runtime.PrebuiltObjects;
import dev.whistler.runtime.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The programs of {@code rejected.txt}, which no kernel accepts, with their answers. */
public final class RejectedSources {
  private static final String MARK = "@@";
  private static final String DEFINITIONS =
      """
      (defstruct pair (a u64) (b u64))
      (defmap h :type :hash :key-type u32 :value-type u64 :max-entries 8)
      (defmap a :type :array :key-type u32 :value-type u64 :max-entries 8)
      (defmap big :type :array :key-type u32 :value-size 64 :max-entries 8)
      (defmap r :type :ringbuf :max-entries 4096 :record pair)
      """;

  private RejectedSources() {}

  /**
   * A source with one program, {@code p}.
   *
   * @param reason what the verdict must say
   * @param place where the form begins that it must be about, {@code line:column}
   */
  public record Source(String name, String text, Reason reason, String place) {
    private String objectName() {
      return "rejected-source-" + name;
    }

    /** Its object, as the compiler makes it, which has nothing against it. */
    public byte[] object() {
      return PrebuiltObjects.find(objectName()).orElseGet(() -> Sources.compile(text));
    }

    /** Keeps the object for a machine without time to compile. */
    public void keep(java.nio.file.Path directory) throws IOException {
      PrebuiltObjects.keep(directory, objectName(), object());
    }
  }

  /** All of them, in their order in the file. */
  public static List<Source> all() {
    List<Source> sources = new ArrayList<>();
    String[] parts = resource().split("(?m)^### ", -1);
    for (int i = 1; i < parts.length; i++) {
      String[] lines = parts[i].split("\n", 2);
      String[] head = lines[0].split(" ", 4);
      String marked =
          DEFINITIONS
              + "(defprog p (:type %s :section \"%s\")\n%s)\n"
                  .formatted(head[2], head[3], lines[1].stripTrailing());
      String before = marked.substring(0, marked.indexOf(MARK));
      long line = 1 + before.chars().filter(c -> c == '\n').count();
      int column = before.length() - before.lastIndexOf('\n');
      sources.add(
          new Source(
              head[0], marked.replace(MARK, ""), Reason.valueOf(head[1]), line + ":" + column));
    }
    return sources;
  }

  private static String resource() {
    try (InputStream in =
        Objects.requireNonNull(RejectedSources.class.getResourceAsStream("rejected.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
