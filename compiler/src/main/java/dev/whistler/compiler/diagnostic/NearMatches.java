package dev.whistler.compiler.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who wrote an unknown name may have meant (section 13.2): names at an edit distance
 * of at most 3 or with a common substring of at least 4 characters; at most 5, nearest first, then
 * alphabetical.
 */
public final class NearMatches {
  private static final int MAX_DISTANCE = 3;
  private static final int MIN_COMMON = 4;
  private static final int MAX_MATCHES = 5;

  /** A source may define many long names; what lies beyond is not looked at. */
  private static final int MAX_CANDIDATES = 10_000;

  /** Comparisons of two characters for one name; what lies beyond is not looked at. */
  private static final int MAX_WORK = 1_500_000;

  /** A kernel has up to 100,000 functions, and few names of a source are looked for among them. */
  private static final int MAX_KERNEL_NAMES = 200_000;

  private static final int MAX_KERNEL_WORK = 10_000_000;

  /** Of longer names only the start is compared. */
  private static final int MAX_COMPARED = 64;

  private NearMatches() {}

  private record Match(String name, boolean preferred, int distance) {}

  /** The near matches of a name among candidates, compared without ASCII case. */
  public static List<String> of(String name, Iterable<String> candidates) {
    return of(name, candidates, candidate -> false);
  }

  /** As {@link #of(String, Iterable)}; candidates that are preferred come before the others. */
  public static List<String> of(
      String name, Iterable<String> candidates, Predicate<String> preferred) {
    return of(name, candidates, preferred, MAX_CANDIDATES, MAX_WORK);
  }

  /** As {@link #of(String, Iterable)}, of all names of a kind that a kernel has. */
  public static List<String> ofKernel(String name, Iterable<String> candidates) {
    return of(name, candidates, candidate -> false, MAX_KERNEL_NAMES, MAX_KERNEL_WORK);
  }

  private static List<String> of(
      String name,
      Iterable<String> candidates,
      Predicate<String> preferred,
      int maxCandidates,
      int maxWork) {
    String wanted = compared(name);
    Set<String> substrings = new HashSet<>();
    for (int i = 0; i + MIN_COMMON <= wanted.length(); i++) {
      substrings.add(wanted.substring(i, i + MIN_COMMON));
    }
    List<Match> matches = new ArrayList<>();
    int seen = 0;
    int work = 0;
    for (String candidate : candidates) {
      if (++seen > maxCandidates || work > maxWork) {
        break;
      }
      String text = compared(candidate);
      boolean common = sharesSubstring(text, substrings);
      if (!common && Math.abs(text.length() - wanted.length()) > MAX_DISTANCE) {
        continue;
      }
      work += wanted.length() * text.length();
      int distance = distance(wanted, text);
      if (common || distance <= MAX_DISTANCE) {
        matches.add(new Match(candidate, preferred.test(candidate), distance));
      }
    }
    return matches.stream()
        .sorted(
            Comparator.comparing(Match::preferred, Comparator.reverseOrder())
                .thenComparingInt(Match::distance)
                .thenComparing(Match::name))
        .map(Match::name)
        .distinct()
        .limit(MAX_MATCHES)
        .toList();
  }

  /** "did you mean a, b or c?", or null without near matches. */
  public static @Nullable String hint(String name, Iterable<String> candidates) {
    return hint(of(name, candidates));
  }

  /** "did you mean a, b or c?", or null for an empty list. */
  public static @Nullable String hint(List<String> matches) {
    if (matches.isEmpty()) {
      return null;
    }
    String last = matches.getLast();
    String others = String.join(", ", matches.subList(0, matches.size() - 1));
    return "did you mean " + (others.isEmpty() ? last : others + " or " + last) + "?";
  }

  private static String compared(String name) {
    StringBuilder folded = new StringBuilder();
    for (int i = 0; i < Math.min(name.length(), MAX_COMPARED); i++) {
      char c = name.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return folded.toString();
  }

  private static boolean sharesSubstring(String text, Set<String> substrings) {
    for (int i = 0; i + MIN_COMMON <= text.length(); i++) {
      if (substrings.contains(text.substring(i, i + MIN_COMMON))) {
        return true;
      }
    }
    return false;
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
