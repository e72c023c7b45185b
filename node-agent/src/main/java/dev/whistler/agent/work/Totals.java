package dev.whistler.agent.work;

import dev.whistler.runtime.Identity;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.account.ProgramCounters;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What programs have counted in the life of this agent, by their names. A revision that begins with
 * counters of its own does not let the sum fall, nor does the end of a program that another one of
 * the same name outlives: what has ended is kept until nothing of that name is left. Only what the
 * revision that runs does not have at all is forgotten with the one that had it, lest names grow
 * with edits.
 */
public final class Totals {

  /**
   * One program's counts.
   *
   * @param program its name
   * @param revision the newest that runs; empty while none does
   * @param running of what runs, one for each UID
   * @param past of all that has ended; what was in its rings or queues is not read any more
   */
  public record Total(
      String program, OptionalLong revision, List<ProgramCounters> running, ProgramCounters past) {}

  /**
   * @param known what it is known to have counted if nobody can say it any more
   */
  private record Counting(long revision, Supplier<ProgramCounters> counts, ProgramCounters known) {}

  /** Never changed: whoever reads it sees by another one in its place that something ended. */
  private static final class Account {
    static final Account NEW = new Account(Set.of(), Map.of(), ProgramCounters.NONE);

    private final Set<String> uids;
    private final Map<String, Counting> running;
    private final ProgramCounters past;

    private Account(Set<String> uids, Map<String, Counting> running, ProgramCounters past) {
      this.uids = Set.copyOf(uids);
      this.running = Map.copyOf(running);
      this.past = past;
    }

    Account with(String uid, Counting counting, ProgramCounters pastNow) {
      Set<String> moreUids = new HashSet<>(uids);
      moreUids.add(uid);
      Map<String, Counting> more = new HashMap<>(running);
      more.put(uid, counting);
      return new Account(moreUids, more, pastNow);
    }

    Account ended(String uid, ProgramCounters last) {
      Map<String, Counting> less = new HashMap<>(running);
      less.remove(uid);
      return new Account(uids, less, past.plus(last));
    }

    boolean isAlone(String uid) {
      return running.keySet().stream().allMatch(uid::equals);
    }
  }

  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  /**
   * A revision counts from now on, in place of the one before it.
   *
   * @param ended what the one before it counted and this one does not go on from
   */
  void begins(RunningProgram program, ProgramCounters ended) {
    Identity identity = program.identity();
    ProgramCounters first = program.counters();
    Counting counting = new Counting(identity.revision(), program::counters, first);
    change(
        identity,
        account -> {
          ProgramCounters past = account.past.plus(ended);
          return account.with(
              identity.uid(),
              counting,
              account.isAlone(identity.uid()) ? past.knownTo(first) : past);
        });
  }

  /** A revision is about to be stopped, which may take its time: until then it counts no more. */
  void ends(RunningProgram program) {
    Identity identity = program.identity();
    ProgramCounters now = program.counters();
    change(
        identity,
        account ->
            account.with(
                identity.uid(), new Counting(identity.revision(), () -> now, now), account.past));
  }

  /** A revision was stopped, with no other one in its place. */
  void ended(Identity identity, ProgramCounters last) {
    change(identity, account -> account.ended(identity.uid(), last));
  }

  /** A revision ended with a fault, so that its last counts are not known. */
  void endedUnseen(Identity identity) {
    change(
        identity,
        account -> {
          Counting counting = account.running.get(identity.uid());
          return counting == null ? account : account.ended(identity.uid(), counting.known());
        });
  }

  /** Nothing of a program is left and nothing of it is wanted. */
  void gone(String uid) {
    for (String name : accounts.keySet()) {
      var _ =
          accounts.computeIfPresent(
              name,
              (_, account) -> {
                Set<String> left = new HashSet<>(account.uids);
                left.remove(uid);
                return left.isEmpty() ? null : new Account(left, account.running, account.past);
              });
    }
  }

  private void change(Identity identity, Function<Account, Account> change) {
    var _ =
        accounts.compute(
            identity.program(),
            (_, account) -> change.apply(account == null ? Account.NEW : account));
  }

  /** All of them, by name; may wait for a revision that is being replaced. */
  List<Total> read() {
    return accounts.keySet().stream().sorted().map(this::read).flatMap(Optional::stream).toList();
  }

  /** Nobody is kept from a change meanwhile: what was read beside one is read again. */
  private Optional<Total> read(String name) {
    while (true) {
      Account account = accounts.get(name);
      if (account == null) {
        return Optional.empty();
      }
      Collection<Counting> running = account.running.values();
      Total total =
          new Total(
              name,
              running.stream().mapToLong(Counting::revision).max(),
              running.stream().map(it -> it.counts().get()).toList(),
              account.past);
      if (account.equals(accounts.get(name))) {
        return Optional.of(total);
      }
    }
  }
}
