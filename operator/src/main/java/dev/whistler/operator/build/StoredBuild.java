package dev.whistler.operator.build;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.kernel.MalformedKernelException;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.crds.Digest;
import dev.whistler.crds.Gzip;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerArtifactSpec.Warning;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A build as a WhistlerArtifact keeps it, and back. What is read may be written by anybody: it
 * counts only if each part has the digest that another part and the name promise.
 */
final class StoredBuild {
  /** Most bytes of a trace; digests do not compress. */
  private static final int MAX_TRACE_BYTES = 256 * 1024;

  private StoredBuild() {}

  /** The trace as it is stored; empty if there is too much of it. */
  static Optional<String> written(Trace trace) {
    byte[] canonical = trace.canonical().getBytes(StandardCharsets.UTF_8);
    if (canonical.length > MAX_TRACE_BYTES) {
      return Optional.empty();
    }
    return Optional.of(Base64.getEncoder().encodeToString(Gzip.compress(canonical)))
        .filter(text -> text.length() <= WhistlerArtifactSpec.MAX_TRACE_BASE64);
  }

  /** The trace that was stored, if it is one and has that digest. */
  static Optional<Trace> trace(String stored, String answersDigest) {
    try {
      byte[] canonical = Gzip.decompress(Base64.getDecoder().decode(stored), MAX_TRACE_BYTES);
      return Optional.of(Trace.parse(new String(canonical, StandardCharsets.UTF_8)))
          .filter(trace -> trace.digest().equals(answersDigest));
    } catch (IllegalArgumentException
        | MalformedContentException
        | MalformedKernelException notOurs) {
      return Optional.empty();
    }
  }

  /**
   * The build, if the artifact is what its name says.
   *
   * @param unit what it must be built from
   */
  static Optional<TracedBuild> read(String name, WhistlerArtifactSpec spec, SourceUnit unit) {
    if (!name.equals(spec.name())
        || !unit.digest().equals(spec.buildDigest())
        || spec.trace() == null) {
      return Optional.empty();
    }
    Optional<Trace> trace = trace(spec.trace(), spec.answersDigest());
    return trace.isEmpty()
        ? Optional.empty()
        : object(spec)
            .map(
                gzip ->
                    new TracedBuild(
                        new BuildOutcome.Built(
                            BuiltObject.stored(spec, gzip), warnings(spec.warnings(), unit)),
                        trace));
  }

  private static Optional<byte[]> object(WhistlerArtifactSpec spec) {
    try {
      byte[] gzip = Base64.getDecoder().decode(spec.object());
      byte[] object = Gzip.decompress(gzip, WhistlerArtifactSpec.MAX_OBJECT_BYTES);
      return Digest.of(object).hex().equals(spec.objectDigest())
          ? Optional.of(gzip)
          : Optional.empty();
    } catch (IllegalArgumentException | MalformedContentException notOurs) {
      return Optional.empty();
    }
  }

  /** What the compiler remarked, as it is stored. */
  static List<Warning> written(List<Diagnostic> diagnostics) {
    return diagnostics.stream()
        .filter(diagnostic -> diagnostic.severity() != Severity.ERROR)
        .limit(WhistlerArtifactSpec.MAX_WARNINGS)
        .map(
            it ->
                new Warning(
                    it.code().text(),
                    Math.max(1, it.range().startLine()),
                    Math.max(1, it.range().startColumn()),
                    clip(it.message()),
                    it.hint() == null ? null : clip(it.hint())))
        .toList();
  }

  private static String clip(String text) {
    return text.length() <= Warning.MAX_TEXT ? text : text.substring(0, Warning.MAX_TEXT);
  }

  private static List<Diagnostic> warnings(List<Warning> stored, SourceUnit unit) {
    return stored.stream()
        .flatMap(
            warning ->
                // A newer operator may have codes that this one has not.
                Stream.of(Code.values())
                    .filter(code -> code.text().equals(warning.code()))
                    .map(code -> diagnostic(code, warning, unit)))
        .toList();
  }

  private static Diagnostic diagnostic(Code code, Warning warning, SourceUnit unit) {
    return new Diagnostic(
        code,
        Severity.WARNING,
        warning.message(),
        new SourceRange(
            ProgramBuilder.fileOf(unit),
            warning.line(),
            warning.column(),
            warning.line(),
            warning.column()),
        warning.hint(),
        List.of(),
        List.of());
  }
}
