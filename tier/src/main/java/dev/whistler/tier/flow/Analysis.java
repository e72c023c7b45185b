package dev.whistler.tier.flow;

import dev.whistler.tier.Tier;
import dev.whistler.tier.Violation;
import dev.whistler.tier.Violation.Kind;
import dev.whistler.tier.object.Function;
import dev.whistler.tier.object.ObjectCode;
import dev.whistler.tier.table.SectionRule;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Interprets each program of an object over {@link Value}s until nothing changes, and reports what
 * its tier does not allow. Functions are interpreted anew for each state in which they are called,
 * as the verifier does.
 */
public final class Analysis {
  /** Results of a function that are kept: callers in a loop ask for the same again. */
  private static final int REMEMBERED = 4;

  private final ObjectCode object;
  private final Tier tier;
  private final Report report = new Report();
  private final Budget budget = new Budget();
  private final Map<Integer, Deque<Result>> results = new HashMap<>();
  private final Map<Integer, BitSet> leaders = new HashMap<>();
  private final Set<Integer> timers = new LinkedHashSet<>();

  /** What a function makes of a state; no exit if it never returns. */
  private record Result(State entry, @Nullable State exit) {}

  private Analysis(ObjectCode object, Tier tier) {
    this.object = object;
    this.tier = tier;
  }

  /**
   * Checks all programs of an object.
   *
   * @throws TooComplexException if that would take too long
   * @throws dev.whistler.tier.object.MalformedException if a program is none
   */
  public static List<Violation> check(ObjectCode object, Tier tier) {
    Analysis analysis = new Analysis(object, tier);
    for (int i = 0; i < object.functions().size(); i++) {
      if (ObjectCode.isProgram(object.functions().get(i))) {
        analysis.program(i);
      }
    }
    return analysis.report.violations();
  }

  private void program(int index) {
    Function program = object.functions().get(index);
    Optional<SectionRule> rule = SectionRule.of(program.section());
    if (rule.isEmpty() || !tier.allows(rule.get().tier())) {
      report.add(Kind.SECTION, program, 0, "a program in the section " + program.section());
      return;
    }
    // Another type of program has other pointers in its context.
    results.clear();
    timers.clear();
    run(index, State.ofProgram(), rule.get(), rule.get().returns(tier));
    Deque<Integer> open = new ArrayDeque<>(timers);
    while (!open.isEmpty()) {
      Set<Integer> before = Set.copyOf(timers);
      call(open.removeFirst(), State.ofTimer(), rule.get());
      timers.stream().filter(function -> !before.contains(function)).forEach(open::addLast);
    }
  }

  /** Has a function interpreted that a timer calls. */
  void addTimer(int index) {
    timers.add(index);
  }

  Report report() {
    return report;
  }

  Budget budget() {
    return budget;
  }

  Tier tier() {
    return tier;
  }

  /**
   * What a function that is called leaves behind.
   *
   * @return null if it never returns
   */
  @Nullable State call(int index, State entry, SectionRule rule) {
    budget.enter(entry.depth());
    Deque<Result> known = results.computeIfAbsent(index, _ -> new ArrayDeque<>());
    for (Result result : known) {
      if (result.entry().isEqual(entry)) {
        return result.exit();
      }
    }
    State before = entry.copy();
    State exit = run(index, entry, rule, OptionalLong.empty());
    if (known.size() == REMEMBERED) {
      known.removeLast();
    }
    known.addFirst(new Result(before, exit));
    return exit;
  }

  private @Nullable State run(int index, State entry, SectionRule rule, OptionalLong returns) {
    Function function = object.functions().get(index);
    Interpreter interpreter =
        new Interpreter(
            this,
            function,
            leaders.computeIfAbsent(index, _ -> Interpreter.leaders(function)),
            rule,
            returns);
    Map<Integer, State> states = new HashMap<>();
    TreeSet<Integer> pending = new TreeSet<>(Set.of(0));
    states.put(0, entry);
    budget.addBlock();
    // The earliest first: most edges lead down.
    for (Integer slot = pending.pollFirst(); slot != null; slot = pending.pollFirst()) {
      State state = states.get(slot);
      if (state == null) {
        throw new IllegalStateException("no state at slot " + slot);
      }
      interpreter.runFrom(
          slot,
          state.copy(),
          (to, arriving) -> {
            State there = states.get(to);
            if (there == null) {
              budget.addBlock();
              states.put(to, arriving);
              pending.add(to);
            } else {
              budget.step(there.distance(arriving));
              if (there.join(arriving)) {
                pending.add(to);
              }
            }
          });
    }
    budget.dropBlocks(states.size());
    return interpreter.exit();
  }
}
