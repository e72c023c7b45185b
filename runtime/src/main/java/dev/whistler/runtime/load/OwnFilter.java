package dev.whistler.runtime.load;

import dev.whistler.bpf.link.Clsact;
import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.ProcessIdentity;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Filters of clsact know no owner and stay when their process has ended, so ours carry it in their
 * name: {@code whistler UID SYMBOL BOOT NAMESPACE PID START}. One whose process has ended is
 * exchanged by whoever runs the same program next.
 *
 * @param uid of the program
 * @param owned whether this process owns all that runs under the uid, by the lock on its pins
 */
public record OwnFilter(String uid, boolean owned) {
  private static final int MAX_PRIORITY = 65_535;
  private static final Pattern NAME =
      Pattern.compile("whistler (\\S+) (\\S+) (\\S+) (\\d{1,18}) (\\d{1,18}) (\\d{1,18})");

  /** Attaches a program, in place of what an ended process left of it. */
  Clsact.Filter attach(
      BpfProgram program,
      int interfaceIndex,
      Tcx.Direction direction,
      int priority,
      String symbol) {
    ProcessIdentity self = ProcessIdentity.current();
    String name =
        "whistler %s %s %s %d %d %d"
            .formatted(
                uid, symbol, self.bootId(), self.pidNamespace(), self.pid(), self.startTicks());
    List<Clsact.Found> there = Clsact.filters(interfaceIndex, direction);
    List<Clsact.Found> left = there.stream().filter(found -> isLeft(found.name(), symbol)).toList();
    Optional<Clsact.Found> first = left.stream().findFirst();
    Clsact.Filter filter =
        first.isPresent()
            ? Clsact.replace(first.get(), program, name)
            : Clsact.attach(program, interfaceIndex, direction, behind(there, priority), name);
    left.stream().skip(1).forEach(Clsact::remove);
    return filter;
  }

  /** Behind those of ours that are there, as with tcx; of one priority the newest runs first. */
  private static int behind(List<Clsact.Found> there, int priority) {
    int last =
        there.stream()
            .filter(found -> found.name().startsWith("whistler "))
            .mapToInt(Clsact.Found::priority)
            .max()
            .orElse(0);
    return last < priority || last == MAX_PRIORITY ? priority : last + 1;
  }

  private boolean isLeft(String name, String symbol) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        && matcher.group(1).equals(uid)
        && matcher.group(2).equals(symbol)
        && (owned
            || !new ProcessIdentity(
                    matcher.group(3),
                    Long.parseLong(matcher.group(4)),
                    Long.parseLong(matcher.group(5)),
                    Long.parseLong(matcher.group(6)))
                .mayRun());
  }
}
