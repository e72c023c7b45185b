package dev.whistler.compiler.reference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing form smaller as long as it keeps failing. */
final class Shrinker {
  private static final int MAX_ATTEMPTS = 3000;
  private static final Duration MOST_TIME = Duration.ofMinutes(2);

  private final Predicate<Form> fails;
  private final long end = System.nanoTime() + MOST_TIME.toNanos();
  private int attempts;

  private Shrinker(Predicate<Form> fails) {
    this.fails = fails;
  }

  /** A form that fails and of which no single simplification fails, within a bounded search. */
  static Form shrink(Form form, Predicate<Form> fails) {
    Shrinker shrinker = new Shrinker(fails);
    Form best = form;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Form candidate : simplifications(best)) {
        if (candidate.size() < best.size() && shrinker.stillFails(candidate)) {
          best = candidate;
          smaller = true;
          break;
        }
      }
    }
    return best;
  }

  private boolean stillFails(Form candidate) {
    return attempts++ < MAX_ATTEMPTS && System.nanoTime() < end && fails.test(candidate);
  }

  /** A number in place of an address would fail for a reason of its own. */
  private static boolean bindsPointer(Form.Cell cell) {
    return cell.items().size() == 2
        && cell.items().getFirst() instanceof Form.Atom(String name)
        && name.matches("[bdegpqs][0-9]*");
  }

  /** Simpler forms, the boldest first: parts, left-out items, numbers, then inside each item. */
  private static List<Form> simplifications(Form form) {
    List<Form> simpler = new ArrayList<>();
    if (!(form instanceof Form.Cell cell) || bindsPointer(cell)) {
      return simpler;
    }
    List<Form> items = cell.items();
    for (int i = 1; i < items.size(); i++) {
      simpler.add(items.get(i));
    }
    for (int i = 1; i < items.size(); i++) {
      List<Form> fewer = new ArrayList<>(items);
      fewer.remove(i);
      simpler.add(new Form.Cell(fewer));
    }
    simpler.add(Form.atom(1));
    simpler.add(Form.atom(0));
    for (int i = 0; i < items.size(); i++) {
      for (Form inner : simplifications(items.get(i))) {
        List<Form> changed = new ArrayList<>(items);
        changed.set(i, inner);
        simpler.add(new Form.Cell(changed));
      }
    }
    return simpler;
  }
}
