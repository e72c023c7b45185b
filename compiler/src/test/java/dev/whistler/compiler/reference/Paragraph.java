package dev.whistler.compiler.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One statement of the specification with the smallest source that shows it, from a file of {@code
 * paragraphs/}:
 *
 * <pre>
 * # 7.1 a product of narrow values has 64 bits
 * (>> (* (load u32 d 0) (load u32 d 4)) 32)
 * => 1384482
 * </pre>
 *
 * <p>A source without {@code defprog} is a body in the frame of appendix H.2; definitions may stand
 * before it, above a line {@code --}. A first line {@code ;; how} sets what a compilation takes
 * beside the source: {@code knob NAME=VALUE}, {@code arm64}, {@code no kernel}, {@code tier TIER}.
 *
 * @param title paragraph and statement
 * @param source a unit
 * @param how what else the compilation takes
 * @param expected lines: the return value in decimal; {@code map NAME KEY VALUE} and {@code ring
 *     NAME RECORD} in hex; {@code packet HEX} if it changed; codes of diagnostics, with or without
 *     {@code LINE:COLUMN}; {@code note TEXT} that macros print; {@code loads} or {@code compiles}
 *     for what cannot be executed
 */
record Paragraph(String title, String source, String how, List<String> expected) {
  private static final String FRAME =
      """
      (defstruct odd (a u64) (b u8))
      (defstruct h (slot (array u32 8)))
      (defstruct kv (a u32) (b u32))
      (defmap a4 :type :array :key-size 4 :value-type u64 :max-entries 8)
      (defmap m8 :type :hash :key-size 8 :value-size 8 :max-entries 16)
      (defmap ms :type :hash :key-type kv :value-type u32 :max-entries 16)
      (defmap m1 :type :hash :key-size 4 :value-size 1 :max-entries 16)
      (defmap handlers :type :prog-array :key-size 4 :value-size 4 :max-entries 256)
      (defmap r :type :ringbuf :max-entries 4096 :record odd)
      """;

  @Override
  public String toString() {
    return title;
  }

  static List<Paragraph> all() {
    try (Stream<Path> files =
        Files.list(Path.of(Paragraph.class.getResource("paragraphs").toURI()))) {
      return files.sorted().flatMap(Paragraph::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<Paragraph> read(Path file) {
    try {
      return Stream.of(Files.readString(file).split("(?m)^# "))
          .filter(text -> !text.isBlank())
          .map(Paragraph::parse);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Paragraph parse(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    String title = lines.removeFirst();
    String how = lines.getFirst().startsWith(";; ") ? lines.removeFirst().substring(3) : "";
    List<String> expected =
        lines.stream().filter(l -> l.startsWith("=> ")).map(l -> l.substring(3).strip()).toList();
    String source =
        String.join("\n", lines.stream().filter(l -> !l.startsWith("=> ")).toList()).strip();
    return new Paragraph(
        title, source.contains("(defprog") ? source : framed(source), how, expected);
  }

  private static String framed(String source) {
    int line = source.indexOf("\n--\n");
    String definitions = line < 0 ? "" : source.substring(0, line);
    String body = line < 0 ? source : source.substring(line + 4);
    return FRAME
        + definitions
        + "\n(defprog v (:type :xdp) (let ((d (ctx u32 0)) (e (ctx u32 4)))\n"
        + "(when (> (+ d 64) e) (return 2))\n"
        + body
        + "))";
  }
}
