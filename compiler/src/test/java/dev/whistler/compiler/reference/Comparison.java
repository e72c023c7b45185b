package dev.whistler.compiler.reference;

import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Compares interpreter and kernel on source texts that all have the same maps and globals. */
final class Comparison implements AutoCloseable {
  private static final Pattern BRANCHES =
      Pattern.compile("The sequence of \\d+ jumps is too complex");

  private final CodeGenerator generator;
  private final KernelSession kernel = new KernelSession();

  Comparison() {
    this(new WhistlerCodeGenerator());
  }

  Comparison(CodeGenerator generator) {
    this.generator = generator;
  }

  /** How a program fared. */
  sealed interface Verdict {
    /** Interpreter and kernel did the same. */
    record Agreed() implements Verdict {}

    /** The specification leaves its result open. */
    record Open(String why) implements Verdict {}

    /**
     * They did, as far as the kernel ran it: under some options the verifier gave up after the
     * million instructions that it looks at (BPF_COMPLEXITY_LIMIT_INSNS) or the 8,192 branches that
     * it keeps for later (BPF_COMPLEXITY_LIMIT_JMP_SEQ), which only says that the program has many
     * paths.
     *
     * @param options the first under which this happened
     */
    record TooComplex(CompilationOptions options) implements Verdict {}

    /**
     * They did not, or there was no code, or the kernel refused it.
     *
     * @param kind what stays the same while the program is made smaller
     * @param options under which this happened
     */
    record Disagreed(String kind, String message, CompilationOptions options) implements Verdict {}
  }

  /** What is loaded. */
  enum Loading {
    /** A whole object with types and lines. */
    OBJECT,
    /** Its code alone, several times faster; the session's first program still has an object. */
    CODE
  }

  /** Runs a program, compiled with each of the given options, as a whole object. */
  Verdict compare(String source, List<CompilationOptions> variants, byte[] packet) {
    return compare(source, variants, packet, Loading.OBJECT);
  }

  /** Runs a program, compiled with each of the given options. */
  Verdict compare(
      String source, List<CompilationOptions> variants, byte[] packet, Loading loading) {
    TypedUnit unit;
    Outcome expected;
    try {
      unit = Compilation.analyze(source);
      expected = new Interpreter(unit, packet).run(unit.programs().getFirst());
    } catch (Undefined e) {
      return new Verdict.Open(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      return new Verdict.Disagreed(
          "interpreter", String.valueOf(e.getMessage()), variants.getFirst());
    } catch (Compilation.Refused e) {
      return new Verdict.Disagreed(
          "refused " + e.codes(), String.valueOf(e.getMessage()), variants.getFirst());
    }
    Set<GeneratedCode> done = new HashSet<>();
    Verdict all = new Verdict.Agreed();
    for (CompilationOptions options : variants) {
      Verdict verdict = compare(unit, source, expected, options, packet, loading, done);
      if (verdict instanceof Verdict.Disagreed) {
        return verdict;
      }
      all = all instanceof Verdict.Agreed ? verdict : all;
    }
    return all;
  }

  private Verdict compare(
      TypedUnit unit,
      String source,
      Outcome expected,
      CompilationOptions options,
      byte[] packet,
      Loading loading,
      Set<GeneratedCode> done) {
    try {
      GeneratedCode code = generator.code(unit, options);
      if (!done.add(code)) {
        return new Verdict.Agreed();
      }
      // The maps are those of the first object, which knows no other program's strings.
      boolean loadable = kernel.hasMaps() && code.strings().length == 0;
      Outcome actual =
          loading == Loading.CODE && loadable
              ? kernel.run(unit, code, packet)
              : kernel.run(unit, generator.object(unit, source, options), packet);
      return expected.equals(actual)
          ? new Verdict.Agreed()
          : new Verdict.Disagreed(
              "differs", "interpreter " + expected + "\nkernel      " + actual, options);
    } catch (VerifierException e) {
      return isTooComplex(e)
          ? new Verdict.TooComplex(options)
          : new Verdict.Disagreed(e.getClass().getSimpleName(), e.toString(), options);
    } catch (RuntimeException e) {
      return new Verdict.Disagreed(e.getClass().getSimpleName(), e.toString(), options);
    }
  }

  /** The limit of branches has no errno of its own: EFAULT or ENOMEM, by kernel. */
  private static boolean isTooComplex(VerifierException e) {
    return e.errno() == Errno.E2BIG || BRANCHES.matcher(e.log()).find();
  }

  /** The packet of appendix H: 64 bytes, byte i = i. */
  static byte[] countingPacket() {
    byte[] packet = new byte[64];
    for (int i = 0; i < packet.length; i++) {
      packet[i] = (byte) i;
    }
    return packet;
  }

  @Override
  public void close() {
    kernel.close();
  }
}
