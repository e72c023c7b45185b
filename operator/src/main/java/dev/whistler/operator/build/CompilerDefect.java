package dev.whistler.operator.build;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.source.SourceRange;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A failure of the compiler that no source should be able to cause. Users see the reference, the
 * log has it together with the cause.
 *
 * @param program the program's name
 * @param file what diagnostics call its source
 * @param reference eight hexadecimal digits; the same failure has the same reference each time, so
 *     that a status that holds it stays as it is
 */
public record CompilerDefect(String program, String file, String reference) {
  private static final int REFERENCE_DIGITS = 8;

  /** Of a recursion without end only the beginning is looked at; where it ends depends on luck. */
  private static final int FRAMES = 64;

  static CompilerDefect of(SourceUnit unit, Throwable cause) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    out.println(cause.getClass().getName());
    StackTraceElement[] frames = cause.getStackTrace();
    // A stack that overflowed is deep where chance had it; its class says enough.
    int looked = cause instanceof StackOverflowError ? 0 : Math.min(FRAMES, frames.length);
    for (int i = 0; i < looked; i++) {
      out.println(frames[i]);
    }
    out.println(unit.text());
    return new CompilerDefect(unit.name(), ProgramBuilder.fileOf(unit), digest(text.toString()));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, REFERENCE_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Diagnostic diagnostic() {
    return new Diagnostic(
        Code.E_INTERNAL,
        Severity.ERROR,
        "the compiler failed on this source; its log has the cause under reference " + reference,
        new SourceRange(file, 1, 1, 1, 1),
        "this is a defect of the compiler: report it with the source and these lines of the log",
        List.of(),
        List.of());
  }
}
