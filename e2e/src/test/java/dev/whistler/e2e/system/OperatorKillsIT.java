package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Digest;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
import dev.whistler.e2e.system.ApiProxy.Answered;
import dev.whistler.e2e.system.ApiProxy.Call;
import dev.whistler.testbed.install.Programs;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Waiting;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The operator is killed around each kind of write that an edit takes, and at any moment in the
 * long form. The one that comes after it finds its way: nothing is there twice, nothing is missing.
 */
@ExtendWith(SystemExtension.class)
final class OperatorKillsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Selector HERE = Selector.label("zone", "here");

  /** Beyond the enumerated ones. */
  private static final int RANDOM_KILLS = Integer.getInteger("whistler.operator.kills", 0);

  private static final long SEED = Long.getLong("whistler.operator.seed", 20261129L);
  private static final String CREATE_ARTIFACT = "POST whistlerartifacts";
  private static final String CREATE_REVISION = "POST whistlerrevisions";
  private static final String BIND = "PATCH whistlerrevisions/status";
  private static final String SAY = "PATCH whistlerprograms/status";
  private static final String DROP_REVISION = "DELETE whistlerrevisions";
  private static final String DROP_ARTIFACT = "DELETE whistlerartifacts";

  /**
   * Where it is killed. What is deleted is so after some edits only.
   *
   * @param kind of the write, see {@link Call#kind}; empty for any
   * @param answered whether the API server has taken it
   * @param nth of those since the edit, from 1 on
   */
  private record Point(String kind, boolean answered, int nth) {
    static Point before(String kind) {
      return new Point(kind, false, 1);
    }

    static Point after(String kind) {
      return new Point(kind, true, 1);
    }
  }

  private static final List<Point> POINTS =
      List.of(
          Point.before(CREATE_ARTIFACT),
          Point.after(CREATE_ARTIFACT),
          Point.after(CREATE_REVISION),
          Point.before(BIND),
          // Between the status of the new revision and that of the one before it.
          Point.after(BIND),
          Point.before(SAY),
          Point.after(SAY),
          Point.after(DROP_REVISION),
          Point.before(DROP_ARTIFACT),
          Point.before(CREATE_REVISION));

  private final Map<String, List<String>> edits = new LinkedHashMap<>();
  private WhistlerSystem system;
  private ApiProxy proxy;
  private QuarkusProcess operator;

  @BeforeEach
  void putAnOperatorBehindAProxy(WhistlerSystem running) throws InterruptedException {
    system = running;
    system.operator().process().stop(LIMIT);
    proxy = ApiProxy.before(system.client().getConfiguration());
    operator = system.installation().startOperator("operator-killed", proxy.settings());
    operator.awaitReady();
  }

  /** The other tests need the other one. */
  @AfterEach
  void endIt() {
    proxy.use(ApiProxy.Gate.OPEN);
    if (!operator.process().alive()) {
      operator.restart();
    }
    operator.awaitReady();
    List.copyOf(edits.keySet()).forEach(system::delete);
    operator.close();
    proxy.close();
    system.operator().restart();
    system.operator().awaitReady();
  }

  @Test
  void aroundEachWriteOfAnEdit() {
    String program = "killed-operator";
    edit(program);
    assertRight(program);
    long begin = System.nanoTime();
    for (Point point : POINTS) {
      Trap trap = new Trap(point);
      proxy.use(trap);
      edit(program);
      awaitDeath(point.toString());
      if (POINTS.indexOf(point) % 3 == 2) {
        // Somebody edits while there is no operator.
        edit(program);
      }
      restart();
      assertRight(program);
    }
    proxy.use(new Trap(Point.after(DROP_REVISION)));
    delete(program);
    awaitDeath("while a program is deleted");
    restart();
    assertGone(program);
    System.err.printf(
        "%d kills around writes in %d s, %d writes in all%n",
        POINTS.size() + 1,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
        proxy.answered().stream().filter(it -> it.call().isWrite()).count());
    assertThat(kinds())
        .as("all that an edit writes and that programs depend on")
        .isEqualTo(POINTS.stream().map(Point::kind).collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "whistler.operator.kills",
      matches = "\\d+",
      disabledReason = "in the long form operator-kills")
  void atAnyMoment() throws InterruptedException {
    Random random = new Random(SEED);
    List<String> deleted = new ArrayList<>();
    int programs = 0;
    long begin = System.nanoTime();
    for (int kill = 0; kill < RANDOM_KILLS; kill++) {
      Point point = new Point("", random.nextBoolean(), 1 + random.nextInt(12));
      boolean byWrites = random.nextInt(3) > 0;
      if (byWrites) {
        proxy.use(new Trap(point));
      }
      while (edits.size() < 3) {
        edit("killed-" + programs++);
      }
      for (String program : List.copyOf(edits.keySet())) {
        if (random.nextInt(10) == 0) {
          delete(program);
          deleted.add(program);
        } else {
          edit(program);
        }
      }
      if (byWrites) {
        awaitDeath("kill " + kill + " of seed " + SEED + " at " + point);
      } else {
        Thread.sleep(random.nextInt(2_500));
        operator.kill();
      }
      if (random.nextInt(3) == 0) {
        edits.keySet().stream().findFirst().ifPresent(this::edit);
      }
      restart();
      if (random.nextInt(4) == 0) {
        // The next one comes while all is still in motion.
        continue;
      }
      edits.keySet().forEach(this::assertRight);
      deleted.forEach(this::assertGone);
      deleted.clear();
    }
    edits.keySet().forEach(this::assertRight);
    deleted.forEach(this::assertGone);
    System.err.printf(
        "%d kills at random in %d s, %d writes in all, seed %d%n",
        RANDOM_KILLS,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
        proxy.answered().stream().filter(it -> it.call().isWrite()).count(),
        SEED);
  }

  /** Kills the operator once. */
  private final class Trap implements ApiProxy.Gate {
    private final Point point;
    private int seen;

    Trap(Point point) {
      this.point = point;
    }

    @Override
    public synchronized boolean admits(Call call) {
      return point.answered() || passes(call);
    }

    @Override
    public synchronized boolean returns(Call call, int code) {
      return !point.answered() || passes(call);
    }

    private boolean passes(Call call) {
      boolean isMeant =
          call.isWrite() && (point.kind().isEmpty() || call.kind().equals(point.kind()));
      if (!isMeant || ++seen != point.nth()) {
        return true;
      }
      proxy.use(ApiProxy.Gate.OPEN);
      try {
        operator.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
  }

  /** Each edit is another text, and another object. */
  private void edit(String program) {
    List<String> before = edits.computeIfAbsent(program, name -> new ArrayList<>());
    String forks = WhistlerSystem.example("forks.lisp");
    String text =
        forks.replace(
            "(incf (getmap forks 0))", "(incf (getmap forks 0) %d)".formatted(before.size() + 1));
    assertThat(text).isNotEqualTo(forks);
    before.add(text);
    system.apply(program, text, HERE);
  }

  private void delete(String program) {
    edits.remove(program);
    system.client().resources(WhistlerProgram.class).withName(program).delete();
  }

  private void assertGone(String program) {
    Waiting.until(
        program + " is gone with all that was its own",
        LIMIT,
        () ->
            system.programs().get(program).isEmpty()
                && system.revisions(program).isEmpty()
                && system.artifacts(program).isEmpty());
  }

  private void awaitDeath(String where) {
    Waiting.until("the operator dies: " + where, LIMIT, () -> !operator.process().alive());
  }

  private void restart() {
    operator.restart();
    operator.awaitReady();
  }

  private void assertRight(String program) {
    String last = Digest.ofText(edits.get(program).getLast()).hex();
    WhistlerProgramStatus status =
        system.await(
            program,
            "Ready with the last edit",
            Programs.ready().and(it -> isNewest(program, last, it.currentRevision())));
    Waiting.until(
        "the artifacts of " + program + " are those that are bound",
        LIMIT,
        () -> bound(program).equals(names(system.artifacts(program))));

    List<WhistlerRevision> kept = system.revisions(program);
    long newest = kept.getLast().getSpec().revision();
    assertThat(kept)
        .extracting(revision -> revision.getSpec().revision())
        .as("without a gap")
        .containsExactlyElementsOf(
            LongStream.rangeClosed(newest - kept.size() + 1, newest).boxed().toList());
    assertThat(status.targetRevision()).isEqualTo(newest);
    List<Long> created =
        created(CREATE_REVISION, program).map(it -> number(program, it.name())).toList();
    assertThat(created)
        .as("each revision was created, and once")
        .containsExactlyElementsOf(LongStream.rangeClosed(1, newest).boxed().toList());
    assertThat(newest).as("none for the same text").isLessThanOrEqualTo(edits.get(program).size());
    List<WhistlerArtifactSpec> specs =
        system.artifacts(program).stream().map(WhistlerArtifact::getSpec).toList();
    assertThat(specs)
        .as("no two of one object")
        .extracting(WhistlerArtifactSpec::objectDigest)
        .doesNotHaveDuplicates();
  }

  private boolean isNewest(String program, String digest, @Nullable Long current) {
    List<WhistlerRevision> revisions = system.revisions(program);
    return !revisions.isEmpty()
        && revisions.getLast().getSpec().sourceDigest().equals(digest)
        && Objects.equals(revisions.getLast().getSpec().revision(), current);
  }

  private Set<String> bound(String program) {
    return system.revisions(program).stream()
        .filter(it -> it.getStatus() != null)
        .flatMap(it -> it.getStatus().bindings().values().stream())
        .map(Binding::artifact)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(List<WhistlerArtifact> artifacts) {
    return artifacts.stream().map(it -> it.getMetadata().getName()).collect(Collectors.toSet());
  }

  /** What the API server created of a kind for a program, in that order. */
  private Stream<Call> created(String kind, String program) {
    return proxy.answered().stream()
        .filter(it -> it.code() == HttpURLConnection.HTTP_CREATED)
        .map(Answered::call)
        .filter(it -> it.kind().equals(kind) && it.name().startsWith(program + "-"));
  }

  private static long number(String program, String revision) {
    return Long.parseLong(revision.substring(program.length() + 1));
  }

  /** Of the writes so far, but for what is about no single program, and for news. */
  private Set<String> kinds() {
    return proxy.answered().stream()
        .map(Answered::call)
        .filter(Call::isWrite)
        .map(Call::kind)
        .filter(
            it ->
                !it.endsWith(" leases")
                    && !it.endsWith(" events")
                    && !it.endsWith(" kernelprofilerequests")
                    // The finalizer.
                    && !it.equals("PATCH whistlerprograms"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
