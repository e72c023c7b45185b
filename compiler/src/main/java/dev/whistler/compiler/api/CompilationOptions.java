package dev.whistler.compiler.api;

import dev.whistler.compiler.diagnostic.Code;
import java.util.Set;

/**
 * Options of a compilation. Start from {@link #defaults()}.
 *
 * @param instructionSet 1 to 4 (default 3)
 * @param tier what the program may do (section 19.8; default {@code UNRESTRICTED})
 * @param cost whether run time is sampled (section 19.7)
 * @param scope whether programs check the current cgroup first (section 19.9)
 * @param withoutReader whether programs of a unit with rings leave out the events of frequent kinds
 *     that whoever reads the rings causes; the loader says who that is
 * @param statisticsMapName name of the hidden statistics map (default {@code .whistler.stats})
 * @param warningsAsErrors whether any warning stops the compilation
 * @param allowed warning codes that are not reported
 * @param definitionsOnly whether a unit without programs is fine
 * @param instructionLimit emitted instructions per program, at most 1,000,000
 * @param disabledPasses names of optimiser passes that do not run; for tests
 */
public record CompilationOptions(
    int instructionSet,
    Tier tier,
    boolean cost,
    boolean scope,
    boolean withoutReader,
    String statisticsMapName,
    boolean warningsAsErrors,
    Set<Code> allowed,
    boolean definitionsOnly,
    int instructionLimit,
    Set<String> disabledPasses) {

  /** What a program may do. */
  public enum Tier {
    OBSERVE,
    ACT,
    UNRESTRICTED;

    /** The tier by whose rules the object is checked. */
    public dev.whistler.tier.Tier rules() {
      return switch (this) {
        case OBSERVE -> dev.whistler.tier.Tier.OBSERVE;
        case ACT -> dev.whistler.tier.Tier.ACT;
        case UNRESTRICTED -> dev.whistler.tier.Tier.UNRESTRICTED;
      };
    }
  }

  public CompilationOptions {
    if (instructionSet < 1 || instructionSet > 4) {
      throw new IllegalArgumentException("instruction set must be 1 to 4, not " + instructionSet);
    }
    allowed = Set.copyOf(allowed);
    disabledPasses = Set.copyOf(disabledPasses);
  }

  /** The options of a plain compilation. */
  public static CompilationOptions defaults() {
    return new CompilationOptions(
        3,
        Tier.UNRESTRICTED,
        false,
        false,
        false,
        ".whistler.stats",
        false,
        Set.of(),
        false,
        1_000_000,
        Set.of());
  }

  public CompilationOptions withInstructionSet(int number) {
    return new CompilationOptions(
        number,
        tier,
        cost,
        scope,
        withoutReader,
        statisticsMapName,
        warningsAsErrors,
        allowed,
        definitionsOnly,
        instructionLimit,
        disabledPasses);
  }

  public CompilationOptions withTier(Tier limits) {
    return new CompilationOptions(
        instructionSet,
        limits,
        cost,
        scope,
        withoutReader,
        statisticsMapName,
        warningsAsErrors,
        allowed,
        definitionsOnly,
        instructionLimit,
        disabledPasses);
  }

  public CompilationOptions withCost(boolean sampled) {
    return new CompilationOptions(
        instructionSet,
        tier,
        sampled,
        scope,
        withoutReader,
        statisticsMapName,
        warningsAsErrors,
        allowed,
        definitionsOnly,
        instructionLimit,
        disabledPasses);
  }

  public CompilationOptions withScope(boolean checked) {
    return new CompilationOptions(
        instructionSet,
        tier,
        cost,
        checked,
        withoutReader,
        statisticsMapName,
        warningsAsErrors,
        allowed,
        definitionsOnly,
        instructionLimit,
        disabledPasses);
  }

  public CompilationOptions withReaderLeftOut(boolean leftOut) {
    return new CompilationOptions(
        instructionSet,
        tier,
        cost,
        scope,
        leftOut,
        statisticsMapName,
        warningsAsErrors,
        allowed,
        definitionsOnly,
        instructionLimit,
        disabledPasses);
  }

  public CompilationOptions withWarningsAsErrors(boolean errors) {
    return new CompilationOptions(
        instructionSet,
        tier,
        cost,
        scope,
        withoutReader,
        statisticsMapName,
        errors,
        allowed,
        definitionsOnly,
        instructionLimit,
        disabledPasses);
  }

  public CompilationOptions withDisabledPasses(Set<String> names) {
    return new CompilationOptions(
        instructionSet,
        tier,
        cost,
        scope,
        withoutReader,
        statisticsMapName,
        warningsAsErrors,
        allowed,
        definitionsOnly,
        instructionLimit,
        names);
  }
}
