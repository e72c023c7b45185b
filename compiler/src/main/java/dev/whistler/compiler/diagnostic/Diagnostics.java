package dev.whistler.compiler.diagnostic;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the diagnostics of one compilation. Not thread-safe: a compilation runs on one thread.
 *
 * <p>An analyzer that meets an error it can go on after calls {@link #report}; one that cannot
 * throws {@link #fail} and is caught at the nearest form that can be skipped.
 */
public final class Diagnostics {
  /** At most this many errors are reported (section 20.3). */
  public static final int LIMIT = 50;

  /** A message may quote what the source says; more characters than this help nobody. */
  private static final int MAX_MESSAGE = 1_000;

  /** More than this is not even kept: a hostile source may have an error in every atom. */
  private static final int MAX_KEPT = 5_000;

  private final Set<Diagnostic> list = new LinkedHashSet<>();
  private final Set<Code> allowed = EnumSet.noneOf(Code.class);
  private final boolean warningsAsErrors;
  private int errors;

  public Diagnostics(boolean warningsAsErrors, Set<Code> allowed) {
    this.warningsAsErrors = warningsAsErrors;
    this.allowed.addAll(allowed);
  }

  /** Suppresses a warning code from here on: {@code (declaim (allow W-CODE))}. */
  public void allow(Code warning) {
    allowed.add(warning);
  }

  /** Reports at an origin. */
  public void report(Message message, Origin at, @Nullable Object... arguments) {
    report(message.with(arguments), at, List.of());
  }

  /** Reports at a range outside any macro expansion. */
  public void report(Message message, SourceRange at, @Nullable Object... arguments) {
    report(message, new Origin(at, List.of()), arguments);
  }

  /** Reports at an origin with notes. */
  public void report(Sentence sentence, Origin at, List<Diagnostic.Note> notes) {
    Code code = sentence.message().code();
    boolean warning = code.severity() == Severity.WARNING;
    if (warning && allowed.contains(code)) {
      return;
    }
    Severity severity = warning && warningsAsErrors ? Severity.ERROR : code.severity();
    add(
        new Diagnostic(
            code,
            severity,
            shortened(sentence.text()),
            at.range(),
            sentence.hint(),
            notes,
            at.expansion()));
  }

  private static String shortened(String message) {
    if (message.length() <= MAX_MESSAGE) {
      return message;
    }
    int end = MAX_MESSAGE - (Character.isHighSurrogate(message.charAt(MAX_MESSAGE - 1)) ? 1 : 0);
    return message.substring(0, end) + "…";
  }

  /** Reports an error and returns the exception that abandons the current form. */
  public AnalysisException fail(Message message, Origin at, @Nullable Object... arguments) {
    Sentence sentence = message.with(arguments);
    report(sentence, at, List.of());
    return new AnalysisException(message.code(), sentence.text());
  }

  private void add(Diagnostic diagnostic) {
    boolean error = diagnostic.severity() == Severity.ERROR;
    if ((list.size() < MAX_KEPT || (error && errors == 0)) && list.add(diagnostic) && error) {
      errors++;
    }
  }

  /** An empty collection with the same settings, for an analysis that may be repeated. */
  public Diagnostics scratch() {
    return new Diagnostics(warningsAsErrors, allowed);
  }

  /** Takes over everything that a scratch collection holds. */
  public void merge(Diagnostics other) {
    other.list.forEach(this::add);
  }

  /** Takes over what a scratch collection holds of some codes. */
  public void mergeOnly(Diagnostics other, Set<Code> codes) {
    other.list.stream().filter(d -> codes.contains(d.code())).forEach(this::add);
  }

  /** Whether any error was reported. */
  public boolean hasErrors() {
    return errors > 0;
  }

  /** Whether there are as many errors as are reported: going on finds nothing that is shown. */
  public boolean isFull() {
    return errors >= LIMIT;
  }

  /**
   * What was reported, ordered by position within file order of first appearance; at most {@link
   * #LIMIT} entries. Warnings give way to errors.
   */
  public List<Diagnostic> sorted(List<String> fileOrder) {
    if (list.isEmpty()) {
      return List.of();
    }
    Comparator<Diagnostic> position =
        Comparator.<Diagnostic>comparingInt(d -> fileOrder.indexOf(d.range().file()))
            .thenComparingInt(d -> d.range().startLine())
            .thenComparingInt(d -> d.range().startColumn());
    return list.stream()
        .sorted(Comparator.comparing(Diagnostic::severity).thenComparing(position))
        .limit(LIMIT)
        .sorted(position)
        .toList();
  }
}
