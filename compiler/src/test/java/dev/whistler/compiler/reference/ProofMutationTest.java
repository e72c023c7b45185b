package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.proof.Examiner;
import dev.whistler.compiler.proof.PassExaminer;
import dev.whistler.compiler.reference.Programs.Kind;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proofs find deliberate defects of passes, without a kernel and without running a program. The
 * short form looks for two that were in the compiler once and a few more; {@code
 * -Dwhistler.proof.mutants=true} for all that sit in passes.
 */
class ProofMutationTest {
  private static final boolean ALL = Boolean.getBoolean("whistler.proof.mutants");

  private static final int PROGRAMS = 40;

  /** Proofs that a defect that changes something may need before one of them fails. */
  private static final int PROOFS = ALL ? 60 : 12;

  private static final Mutant THREADING =
      new Mutant(
          "a test of all 64 bits answers one of the low half on the way to a join",
          "pass/Threading.java",
          "known == null ? null : known.decides(asked);",
          "known == null ? null : known.decides(new Test(asked.relation(), known.narrow(),"
              + " asked.a(), asked.b()));");

  /** What is lost of one ring and of another one is counted apart. */
  private static final String TWO_RINGS =
      "(progn (with-ringbuf (x r (sizeof odd)) (setf (odd-a x) 1)"
          + " (with-ringbuf (y r2 (sizeof odd)) (setf (odd-a y) 2))) 1)";

  /** Those that were in the compiler once. */
  private static final List<Mutant> KNOWN =
      List.of(THREADING, named("a helper does not write through a number"));

  /** What the short form looks for, too. */
  private static final List<String> QUICK =
      List.of(
          "four bytes stored come back as the whole word",
          "the bound of a sum ignores its overflow",
          "division by a power of two keeps the sign",
          "less is decided where both may be equal",
          "a sum has no carries");

  /** They change what the kernel's verifier can see, and nothing of what a routine does. */
  private static final List<String> NOT_FOUND =
      List.of(
          "what we know of an index counts as shown to the verifier",
          "an offset is computed from what was scaled before its test",
          "an index passes for tested where only one way leads over the test");

  private final Examiner right = new PassExaminer();
  private final Map<Integer, String> rightShapes = new HashMap<>();
  private final List<TypedUnit> units = new ArrayList<>();
  private final List<List<String>> rightSteps = new ArrayList<>();

  private static Mutant named(String name) {
    return Mutants.ALL.stream().filter(m -> m.name().equals(name)).findAny().orElseThrow();
  }

  private static List<Mutant> mutants() {
    Stream<Mutant> others =
        ALL
            ? Stream.of(Mutants.ALL, Mutants.OF_WIDTHS, Mutants.OF_DISTANCES)
                .flatMap(List::stream)
                .filter(m -> m.file().startsWith("pass/"))
            : QUICK.stream().map(ProofMutationTest::named);
    return Stream.concat(KNOWN.stream(), others).distinct().toList();
  }

  @Test
  void proofsFindDefects() throws Exception {
    List<String> notFound = new ArrayList<>();
    for (Mutant mutant : mutants()) {
      Examiner wrong = MutantLoader.loadExaminer(mutant);
      Optional<String> where = inShapes(wrong).or(() -> inPrograms(wrong));
      System.out.printf("  %-40s %s%n", where.orElse("not found"), mutant);
      if (where.isEmpty()) {
        notFound.add(mutant.name());
      }
    }
    System.out.printf(
        "proofs: %d of %d defects found%n", mutants().size() - notFound.size(), mutants().size());
    assertThat(NOT_FOUND).containsAll(notFound);
  }

  private Optional<String> inShapes(Examiner wrong) {
    int proofs = 0;
    for (int i = 0; i < right.shapes() && proofs < PROOFS; i++) {
      String text;
      try {
        text = wrong.shape(i);
      } catch (RuntimeException e) {
        return Optional.of("shape %d: %s".formatted(i, e.getClass().getSimpleName()));
      }
      if (!text.equals(rightShapes.computeIfAbsent(i, right::shape))) {
        proofs++;
        if (wrong.faultOfShape(i).isPresent()) {
          return Optional.of("shape " + i);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> inPrograms(Examiner wrong) {
    int proofs = 0;
    for (int i = 0; i < PROGRAMS && proofs < PROOFS; i++) {
      TypedUnit unit = unit(i);
      List<String> texts;
      try {
        texts = wrong.steps(unit);
      } catch (RuntimeException e) {
        return Optional.of("program %d: %s".formatted(i, e.getClass().getSimpleName()));
      }
      for (int step = 0; step < texts.size() && proofs < PROOFS; step++) {
        if (!texts.get(step).equals(rightSteps.get(i).get(step))) {
          proofs++;
          if (wrong.faultOfStep(unit, step).isPresent()) {
            return Optional.of("program %d, step %d".formatted(i, step));
          }
        }
      }
    }
    return Optional.empty();
  }

  private TypedUnit unit(int index) {
    while (units.size() <= index) {
      Kind kind = Kind.values()[units.size() % Kind.values().length];
      String source =
          units.isEmpty()
              ? Programs.around(TWO_RINGS)
              : Programs.source(kind, 71_000_003L + units.size());
      TypedUnit unit = Programs.unit(source);
      units.add(unit);
      rightSteps.add(right.steps(unit));
    }
    return units.get(index);
  }
}
