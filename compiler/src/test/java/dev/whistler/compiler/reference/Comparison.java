package dev.whistler.compiler.reference;

import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.form.TypedUnit;
import java.util.Optional;

/** Compares interpreter and kernel on one source text. */
final class Comparison {
  private Comparison() {}

  /** How a program fared. */
  enum Verdict {
    AGREED,
    /** The specification leaves its result open. */
    OPEN,
    DISAGREED
  }

  /**
   * A verdict with what to show to a person.
   *
   * @param message empty when agreed
   */
  record Report(Verdict verdict, String message) {}

  static Report compare(String source, CompilationOptions options, byte[] packet) {
    TypedUnit unit;
    Outcome expected;
    try {
      unit = Compilation.analyze(source);
      expected = new Interpreter(unit, packet).run(unit.programs().getFirst());
    } catch (Undefined e) {
      return new Report(Verdict.OPEN, String.valueOf(e.getMessage()));
    } catch (Compilation.Refused e) {
      return new Report(Verdict.DISAGREED, "refused: " + e.getMessage());
    }
    try {
      byte[] object = Compilation.object(source, options);
      Outcome actual = KernelExecution.run(unit, object, packet);
      return expected.equals(actual)
          ? new Report(Verdict.AGREED, "")
          : new Report(Verdict.DISAGREED, "interpreter " + expected + "\nkernel      " + actual);
    } catch (RuntimeException e) {
      return new Report(Verdict.DISAGREED, e.toString());
    }
  }

  /** The packet of appendix H: 64 bytes, byte i = i. */
  static byte[] countingPacket() {
    byte[] packet = new byte[64];
    for (int i = 0; i < packet.length; i++) {
      packet[i] = (byte) i;
    }
    return packet;
  }

  static Optional<String> disagreement(String source, CompilationOptions options, byte[] packet) {
    Report report = compare(source, options, packet);
    return report.verdict() == Verdict.DISAGREED ? Optional.of(report.message()) : Optional.empty();
  }
}
