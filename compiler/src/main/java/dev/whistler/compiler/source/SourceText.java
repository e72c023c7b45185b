package dev.whistler.compiler.source;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One source text.
 *
 * @param name the file name as the caller gave it; used in diagnostics and line information
 * @param text the decoded text, without a byte-order mark; of bytes that are no text, what stands
 *     before the first of them
 * @param malformed where the bytes stop being text, or null; the compiler reports it as {@code
 *     E-READ}
 */
public record SourceText(String name, String text, @Nullable Malformed malformed) {
  private static final char BYTE_ORDER_MARK = '\ufeff';

  /**
   * Bytes that are no UTF-8.
   *
   * @param range the first character that could not be decoded
   * @param message one sentence
   */
  public record Malformed(SourceRange range, String message) {}

  /** A text that was decoded elsewhere. */
  public SourceText(String name, String text) {
    this(name, text, null);
  }

  /**
   * Takes a file as it is: whatever is wrong with its bytes is a diagnostic of the compilation.
   *
   * @param bytes the whole file, or as much of it as exceeds the limit of section 22
   */
  public static SourceText of(String name, byte[] bytes) {
    try {
      return decode(name, bytes);
    } catch (MalformedTextException e) {
      return new SourceText(
          name, e.before(), new Malformed(e.range(), String.valueOf(e.getMessage())));
    }
  }

  /**
   * Decodes UTF-8 (section 2.1). An initial byte-order mark is skipped.
   *
   * @throws MalformedTextException if the bytes are not UTF-8; report it as {@code E-READ}
   */
  public static SourceText decode(String name, byte[] bytes) throws MalformedTextException {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // UTF-8 never decodes to more chars than it has bytes.
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      text = text.substring(1);
    }
    if (result.isError()) {
      int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
      int lineStart = text.lastIndexOf('\n') + 1;
      int column = 1 + text.codePointCount(lineStart, text.length());
      throw new MalformedTextException(
          text,
          new SourceRange(name, line, column, line, column + 1),
          String.format(
              Locale.ROOT,
              "byte 0x%02x is not valid UTF-8; save the file as UTF-8",
              bytes[in.position()] & 0xff));
    }
    return new SourceText(name, text);
  }
}
