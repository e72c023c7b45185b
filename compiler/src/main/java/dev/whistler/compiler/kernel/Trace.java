package dev.whistler.compiler.kernel;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a compilation asked about a kernel, with the digests of the answers. A kernel that gives the
 * same answers gets the same object, so a build can be reused wherever {@link #matches} holds.
 *
 * @param answers digest by question, for instance {@code tracepoint:sched/sched_switch}
 */
public record Trace(SortedMap<String, String> answers) {
  public Trace {
    answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
  }

  /** Whether a kernel answers every question as the traced one did. */
  public boolean matches(KernelDescription other) {
    for (Map.Entry<String, String> entry : answers.entrySet()) {
      if (!entry.getValue().equals(answer(other, entry.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String answer(KernelDescription kernel, String question) {
    try {
      return Question.ask(kernel, question);
    } catch (MalformedKernelException e) {
      return null; // No valid kernel answers so.
    }
  }

  /** One line for each question, sorted: the question, a space, the digest. */
  public String canonical() {
    StringBuilder text = new StringBuilder();
    answers.forEach(
        (question, digest) -> text.append(question).append(' ').append(digest).append('\n'));
    return text.toString();
  }

  /** Reads what {@link #canonical} wrote. */
  public static Trace parse(String canonical) {
    SortedMap<String, String> answers = new TreeMap<>();
    for (String line : (Iterable<String>) canonical.lines()::iterator) {
      int space = line.lastIndexOf(' ');
      if (space <= 0) {
        throw new MalformedKernelException("a trace holds a line without a digest");
      }
      answers.put(line.substring(0, space), line.substring(space + 1));
    }
    return new Trace(answers);
  }

  /** Hex SHA-256 of the canonical text. */
  public String digest() {
    return Question.digest(canonical());
  }
}
