package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.runtime.Identity;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.MapCounters;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkCounters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.junit.jupiter.api.Test;

/** Totals never fall, whatever comes and goes, and are the sums of what each revision counted. */
final class TotalsTest {

  private enum What {
    COUNT,
    UPDATE_WITH_THE_RING,
    UPDATE_WITH_ANOTHER_RING,
    END_AND_START_AGAIN,
    REMOVE
  }

  /** One program of the name at a time counts for each of two UIDs. */
  @Property(tries = 2000)
  void neverFallAndAreTheSums(@ForAll("steps") List<Tuple2<What, Integer>> steps) {
    Totals totals = new Totals();
    Map<Integer, FakeProgram> running = new HashMap<>();
    long sum = 0;
    long revision = 0;
    for (Tuple2<What, Integer> step : steps) {
      int uid = step.get2();
      FakeProgram current = running.get(uid);
      switch (step.get1()) {
        case COUNT -> {
          if (current != null) {
            current.counting(counted(produced(current.counters()) + 7));
            sum += 7;
          }
        }
        case UPDATE_WITH_THE_RING, UPDATE_WITH_ANOTHER_RING -> {
          boolean carried = step.get1() == What.UPDATE_WITH_THE_RING;
          ProgramCounters last = current == null ? ProgramCounters.NONE : current.counters();
          FakeProgram next = program(uid, ++revision);
          next.counting(counted(carried ? produced(last) : 0));
          totals.begins(next, carried ? ProgramCounters.NONE : last);
          running.put(uid, next);
        }
        case END_AND_START_AGAIN -> {
          if (current != null) {
            totals.ends(current);
            assertThat(total(totals)).isEqualTo(sum);
            // The last records come while it drains.
            ProgramCounters last = counted(produced(current.counters()) + 3);
            sum += 3;
            totals.ended(current.identity(), last);
            assertThat(total(totals)).isEqualTo(sum);
            FakeProgram next = program(uid, revision).counting(counted(0));
            totals.begins(next, ProgramCounters.NONE);
            running.put(uid, next);
          }
        }
        case REMOVE -> {
          if (current != null) {
            totals.ends(current);
            totals.ended(current.identity(), current.counters());
            running.remove(uid);
          }
          totals.gone("uid-" + uid);
          // With the last of its name all of it goes.
          sum = running.isEmpty() ? 0 : sum;
        }
      }
      assertThat(total(totals)).isEqualTo(sum);
      assertThat(totals.read()).hasSize(running.isEmpty() ? 0 : 1);
    }
  }

  @Provide
  Arbitrary<List<Tuple2<What, Integer>>> steps() {
    return Combinators.combine(Arbitraries.of(What.class), Arbitraries.integers().between(1, 2))
        .as(Tuple::of)
        .list()
        .ofMaxSize(30);
  }

  /** A reader beside all of this sees no step back, and waits for nobody. */
  @Test
  void doNotFallBesideAReader() throws InterruptedException {
    Totals totals = new Totals();
    totals.begins(program(1, 1).counting(counted(0)), ProgramCounters.NONE);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong falls = new AtomicLong();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  long seen = 0;
                  while (!done.get()) {
                    long now = total(totals);
                    if (now < seen) {
                      falls.incrementAndGet();
                    }
                    seen = now;
                  }
                });
    FakeProgram current = program(1, 1).counting(counted(0));
    for (int i = 2; i < 20_000; i++) {
      current.counting(counted(i));
      FakeProgram next = program(1, i).counting(counted(0));
      totals.begins(next, current.counters());
      current = next;
    }
    done.set(true);
    reader.join();
    assertThat(falls).hasValue(0);
  }

  @Test
  void addUpEachPartByItsName() {
    Totals totals = new Totals();
    ProgramCounters all =
        new ProgramCounters(
            List.of(
                new RingCounters(
                    "a",
                    10,
                    1,
                    8,
                    1,
                    1,
                    List.of(new SinkCounters("s", 1, 4, Map.of(LossReason.QUEUE_FULL, 3L), 0)))),
            List.of(
                new ProgramMisses("p", OptionalLong.of(5)),
                new ProgramMisses("q", OptionalLong.empty())),
            List.of(new MapCounters("m", 6)));
    totals.begins(program(1, 1).counting(all), all);
    totals.begins(program(1, 2).counting(all), all);
    Totals.Total total = totals.read().getFirst();
    assertThat(total.revision()).hasValue(2);
    assertThat(total.running()).containsExactly(all);
    assertThat(total.past())
        .isEqualTo(
            new ProgramCounters(
                List.of(
                    new RingCounters(
                        "a",
                        20,
                        2,
                        16,
                        2,
                        2,
                        List.of(
                            new SinkCounters("s", 2, 8, Map.of(LossReason.QUEUE_FULL, 6L), 0)))),
                List.of(
                    new ProgramMisses("p", OptionalLong.of(10)),
                    new ProgramMisses("q", OptionalLong.empty())),
                List.of(new MapCounters("m", 12))));
  }

  @Test
  void keepWhatIsKnownOfOneThatEndsWithAFault() {
    Totals totals = new Totals();
    FakeProgram first = program(1, 1).counting(counted(7));
    totals.begins(first, ProgramCounters.NONE);
    totals.ends(first);
    totals.endedUnseen(first.identity());
    totals.endedUnseen(first.identity());
    assertThat(total(totals)).isEqualTo(7);
    totals.begins(program(1, 1).counting(counted(1)), ProgramCounters.NONE);
    assertThat(total(totals)).isEqualTo(8);
  }

  /** Else the names of a ring that every edit calls otherwise would stay for ever. */
  @Test
  void forgetNamesThatTheRunningRevisionDoesNotHave() {
    Totals totals = new Totals();
    RingCounters a = ring("a", List.of(sink("s"), sink("t")));
    totals.begins(program(1, 1).counting(new ProgramCounters(List.of(a))), ProgramCounters.NONE);
    ProgramCounters next =
        new ProgramCounters(List.of(ring("a", List.of(sink("t"))), ring("b", List.of())));
    totals.begins(
        program(1, 2).counting(next),
        new ProgramCounters(
            List.of(a, ring("c", List.of())),
            List.of(new ProgramMisses("p", OptionalLong.of(1))),
            List.of(new MapCounters("m", 1))));
    assertThat(totals.read().getFirst().past())
        .isEqualTo(new ProgramCounters(List.of(ring("a", List.of(sink("t"))))));
  }

  private static RingCounters ring(String name, List<SinkCounters> sinks) {
    return new RingCounters(name, 1, 0, 1, 0, 0, sinks);
  }

  private static SinkCounters sink(String name) {
    return new SinkCounters(name, 0, 1, Map.of(), 0);
  }

  private static FakeProgram program(int uid, long revision) {
    return new FakeProgram(new Identity("n", "forks", "uid-" + uid, revision), entry -> {});
  }

  private static ProgramCounters counted(long produced) {
    return new ProgramCounters(
        List.of(new RingCounters("lives", produced, 0, produced, 0, 0, List.of())));
  }

  private static long produced(ProgramCounters counters) {
    return counters.rings().stream().mapToLong(RingCounters::produced).sum();
  }

  private static long total(Totals totals) {
    return totals.read().stream()
        .flatMap(total -> Stream.concat(total.running().stream(), Stream.of(total.past())))
        .mapToLong(TotalsTest::produced)
        .sum();
  }
}
