package dev.whistler.bpf.verifier;

import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.PrebuiltObjects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The programs of {@code rejected.txt}, which no kernel accepts, with their answers. */
public final class RejectedPrograms {
  private static final String MARK = "/*!*/";

  private RejectedPrograms() {}

  /**
   * A program in C with one function, {@code program}.
   *
   * @param reason what the verdict must say
   * @param line where, from 1
   */
  public record Program(String name, String source, Reason reason, int line) {
    /** The name under which its object is kept. */
    public String objectName() {
      return "rejected-" + name;
    }

    /** The object; skips the test where it was not built before and clang is missing. */
    public byte[] object() {
      return PrebuiltObjects.find(objectName())
          .orElseGet(() -> ClangObjects.compile(objectName(), source));
    }
  }

  /** All of them, in their order in the file. */
  public static List<Program> all() {
    List<Program> programs = new ArrayList<>();
    String header = resource("rejected.h");
    String[] parts = resource("rejected.txt").split("(?m)^### ", -1);
    for (int i = 1; i < parts.length; i++) {
      String[] lines = parts[i].split("\n", 2);
      String[] head = lines[0].split(" ", 3);
      String source =
          header
              + "SEC(\"%s\") int program(void *ctx) { u32 key = 0;\n%s  return 0; }\n"
                  .formatted(head[2], lines[1]);
      programs.add(new Program(head[0], source, Reason.valueOf(head[1]), line(source)));
    }
    return programs;
  }

  /** The line of the mark, or the last one. */
  private static int line(String source) {
    int mark = source.indexOf(MARK);
    int end = mark < 0 ? source.length() - 1 : mark;
    return 1 + (int) source.substring(0, end).chars().filter(c -> c == '\n').count();
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(RejectedPrograms.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
