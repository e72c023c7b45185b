package dev.whistler.runtime;

import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.sys.BootClock;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.adopt.Earlier;
import dev.whistler.runtime.adopt.Manifest;
import dev.whistler.runtime.adopt.PinnedAccount;
import dev.whistler.runtime.adopt.PinnedProgram;
import dev.whistler.runtime.adopt.ProgramPins;
import dev.whistler.runtime.adopt.Recovery;
import dev.whistler.runtime.adopt.Staging;
import dev.whistler.runtime.consume.Checkpoint;
import dev.whistler.runtime.consume.KernelCounters;
import dev.whistler.runtime.consume.RingPump;
import dev.whistler.runtime.consume.RingSource;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.load.Attaching;
import dev.whistler.runtime.load.Attachments;
import dev.whistler.runtime.load.Failures;
import dev.whistler.runtime.load.ObjectLoading;
import dev.whistler.runtime.load.OwnFilter;
import dev.whistler.runtime.load.Resources;
import dev.whistler.runtime.maps.MapAccess;
import dev.whistler.runtime.maps.MapEntries;
import dev.whistler.runtime.maps.MapEntryException;
import dev.whistler.runtime.reader.ReaderThreads;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.SchemaException;
import dev.whistler.runtime.schema.SchemaReader;
import dev.whistler.runtime.update.CarryOver;
import dev.whistler.runtime.update.CarryRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a start, in the order in which they must happen: maps are seeded and rings are read
 * before anything is attached, so that the first event finds everything in place.
 */
final class Starting {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final long[] NO_COUNTS = {};

  /** How long a start waits for the former owner of its pins, which may be about to end. */
  private static final Duration OWNER_LIMIT = Duration.ofSeconds(5);

  private final RunRequest request;
  private final @Nullable ObjectLoading loading;
  private final ObjectSchema schema;
  private final WallClock clock = new WallClock(BootClock::nanos);
  private final LiveProgram.StateHolder state = new LiveProgram.StateHolder();
  private final Resources kernel = new Resources();
  private final Resources workers = new Resources();
  private Attachments attachments;
  private @Nullable ProgramPins ownedHere;
  private @Nullable ProgramPins staged;
  private @Nullable BpfMap kept;
  private @Nullable String notAdopted;

  private Starting(
      RunRequest request,
      @Nullable ObjectLoading loading,
      ObjectSchema schema,
      Attachments attachments) {
    this.attachments = attachments;
    this.request = request;
    this.loading = loading;
    this.schema = schema;
  }

  static RunningProgram start(RunRequest request) throws StartException {
    ObjectLoading loading = ObjectLoading.read(request.object(), request.records(), request.tier());
    Path root = request.pinDirectory();
    Starting starting = new Starting(request, loading, loading.schema(), new Attachments(null));
    if (root == null) {
      return starting.undoneOnFailure(
          "The program cannot be started", () -> starting.startNew(null, false));
    }
    ProgramPins pins = ProgramPins.own(root, request.identity().uid(), OWNER_LIMIT);
    starting.ownedHere = pins;
    return starting.undoneOnFailure("The program cannot be started", () -> starting.run(pins));
  }

  /** Goes on with what is pinned as it is, without its object. */
  static RunningProgram adopt(Path root, Identity identity, List<SinkSpec> sinks, Limits limits)
      throws StartException {
    ProgramPins pins = ProgramPins.own(root, identity.uid(), OWNER_LIMIT);
    Resources opened = new Resources();
    opened.own(pins);
    Recovery recovery;
    PinnedProgram found;
    ObjectSchema its;
    try {
      recovery = Recovery.of(pins, identity.uid());
      PinnedProgram former = recovery.former();
      if (former != null) {
        opened.own(former);
      }
      if (!(recovery.current() instanceof Earlier.Complete(PinnedProgram whole))) {
        throw notAsItIs(identity, "it is not whole, or of another version of this runtime");
      }
      found = opened.own(whole);
      its = adoptable(found, identity);
    } catch (StartException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
    RunRequest request =
        RunRequest.of(new byte[0], identity)
            .withSinks(sinks)
            .withPinDirectory(root)
            .withLimits(limits);
    Starting starting = new Starting(request, null, its, new Attachments(null));
    starting.ownedHere = pins;
    return starting.undoneOnFailure(
        "The program that is pinned cannot be adopted",
        () -> starting.adopt(found, recovery, pins, true));
  }

  /** The schema of a pinned program, if the program can go on without its object. */
  private static ObjectSchema adoptable(PinnedProgram found, Identity identity)
      throws StartException {
    ObjectSchema its = pinnedSchema(found);
    if (its == null) {
      throw notAsItIs(identity, "an older version of this runtime pinned it");
    }
    if (found.manifest().revision() != identity.revision()) {
      throw notAsItIs(identity, "its revision is " + found.manifest().revision());
    }
    if (!found.unlinked().isEmpty()) {
      throw notAsItIs(identity, "a part of it ended with the process that attached it");
    }
    return its;
  }

  private static StartException notAsItIs(Identity identity, String why) {
    return new StartException(
        FailureReason.UNSUPPORTED,
        "What is pinned of program %s cannot go on without its object: %s."
            .formatted(identity.program(), why));
  }

  /** A step of a start or an update. */
  @FunctionalInterface
  private interface Step<T> {
    T run() throws StartException;
  }

  private <T> T undoneOnFailure(String what, Step<T> step) throws StartException {
    try {
      return step.run();
    } catch (BpfException e) {
      StartException failure = Failures.of(FailureReason.LOAD_FAILED, what, e);
      release(failure);
      throw failure;
    } catch (StartException | RuntimeException | Error e) {
      release(e);
      throw e;
    }
  }

  static Updated update(LiveProgram current, RunRequest next) throws StartException {
    ObjectLoading loading = ObjectLoading.read(next.object(), next.records(), next.tier());
    return update(current, next, loading, current.sinkNames(), null);
  }

  /**
   * @param sinksBefore that the counts of the current revision are of
   * @param notAdopted why the current revision was not what was asked for
   */
  private static Updated update(
      LiveProgram current,
      RunRequest next,
      ObjectLoading loading,
      List<String> sinksBefore,
      @Nullable String notAdopted)
      throws StartException {
    return current.exclusively(
        () -> {
          if (!current.isLive()) {
            throw new IllegalStateException(
                "Program " + current.identity().program() + " does not run any more.");
          }
          Starting starting =
              new Starting(next, loading, loading.schema(), new Attachments(current.attachments()));
          starting.notAdopted = notAdopted;
          return starting.undoneOnFailure(
              "The program cannot be replaced",
              () -> starting.replace(current, loading, sinksBefore));
        });
  }

  /**
   * The current revision goes on until the pins of both have changed places, or, without pins,
   * until every place runs the new one; whatever fails before is undone. From there on the new one
   * runs, and what fails of the end of the old one degrades it.
   */
  private Updated replace(LiveProgram current, ObjectLoading object, List<String> sinksBefore)
      throws StartException {
    ProgramPins pins = pinsAfter(current);
    Attaching attaching = new Attaching(object, filters(pins), request.attach());
    CarryRules rules =
        new CarryRules(
            current.schema(),
            schema,
            sinksBefore,
            request.sinks().stream().map(SinkSpec::name).toList(),
            attaching.overlaps());
    List<CarryOver> decisions = rules.decide();
    LoadedObject loaded =
        kernel.own(
            object.load(LoadOptions.defaults().withReuse(carried(current, decisions, rules))));
    MapAccess maps = maps(loaded.maps());
    seed(maps, decisions.stream().filter(CarryOver::carried).map(CarryOver::map).toList());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    PinnedAccount shared = rules.ringsCarried() ? current.account() : null;
    // Rings that go on have one account: whenever a process ends, it says how far they were read.
    PinnedAccount account =
        shared == null || pins == null
            ? newAccount(pins, rings, deliveries)
            : kernel.own(shared.again());
    // Whatever can fail is done before the current revision ends.
    Tally tally = new Tally(schema, attachments, loaded.maps());
    tally.goOnFrom(current.counters().maps());
    RingPump pump = rings.isEmpty() ? null : pump(loaded.maps(), rings, deliveries, tally, account);
    Staging staging = stage(pins, object, loaded, account);
    // A fresh ring has room for what comes until the former revision has ended.
    attaching.attach(loaded.programs(), loaded.maps(), attachments);
    completeStage(staging, loaded, tally);
    if (pins != null && staging != null) {
      pins.swap();
      staged = null;
    }
    ownedHere = null;
    List<Exception> faults = new ArrayList<>();
    attempt(faults, attachments::commit);
    LiveProgram.Ended ended =
        current.end(rules.ringsCarried(), request.limits().sinkPatience(), faults::add);
    attempt(faults, () -> goOnFrom(ended.counters(), tally));
    if (!ended.readerEnded() && rules.ringsCarried()) {
      // Two readers of one ring would each count what the other one gave back.
      state.readerRuns();
    } else if (pump != null) {
      boolean handed = rules.ringsCarried() && (shared == null || pins == null);
      read(pump, account, handed ? ended.words() : NO_COUNTS);
    }
    attempt(faults, () -> removeFormer(pins, current));
    LiveProgram program = live(maps, loaded.maps(), deliveries, pump, tally, pins, account);
    faults.forEach(state::leftBehind);
    return new Updated(program, decisions, ended.counters(), rules.ringsCarried());
  }

  /** The counts of the former revision as they are at its end. */
  private void goOnFrom(ProgramCounters former, Tally tally) {
    tally.goOnFrom(former.maps());
    if (kept != null) {
      tally.keep(kept);
    }
  }

  /** What is counted beside the rings of a pinned program, with what it counted before. */
  private Tally tallyOf(PinnedProgram pinned) {
    Tally tally = new Tally(schema, attachments, pinned.maps());
    BpfMap past = pinned.maps().get(Tally.PIN);
    if (past != null) {
      tally.restore(past);
    }
    return tally;
  }

  /**
   * Begins to read; a fault is the program's state then.
   *
   * @param words the counts of the former reader where the account does not hold them
   */
  private void read(RingPump pump, @Nullable PinnedAccount account, long[] words) {
    try {
      if (words.length == 0) {
        pump.takeOver();
      } else if (account == null) {
        pump.goOn(words);
      } else {
        account.write(words);
        pump.takeOver();
      }
      pump.start();
    } catch (RuntimeException | Error e) {
      state.failed(e);
    }
  }

  /** The pins of the next revision: those that the current one has, if it is to be pinned there. */
  private @Nullable ProgramPins pinsAfter(LiveProgram current) throws StartException {
    Path root = request.pinDirectory();
    if (root == null) {
      return null;
    }
    ProgramPins pins = current.pins();
    if (pins == null) {
      pins = ProgramPins.own(root, request.identity().uid(), OWNER_LIMIT);
      ownedHere = pins;
    } else if (!pins.areOf(root, request.identity().uid())) {
      throw new IllegalArgumentException(
          "an update keeps the uid and the pin directory of a program");
    }
    return pins;
  }

  private static void removeFormer(@Nullable ProgramPins pins, LiveProgram current)
      throws StartException {
    if (pins != null) {
      pins.removeNext();
    } else if (current.pins() != null) {
      current.pins().remove();
      current.pins().close();
    }
  }

  /** A step that comes too late to be undone. */
  private interface Late {
    void run() throws Exception;
  }

  /** What fails is kept, and does not keep what comes after it. */
  private static void attempt(List<Exception> faults, Late step) {
    try {
      step.run();
    } catch (Exception e) {
      faults.add(e);
    }
  }

  /** The maps of the current revision to go on with, by symbol. */
  private Map<String, BpfMap> carried(
      LiveProgram current, List<CarryOver> decisions, CarryRules rules) {
    Map<String, BpfMap> reuse = new HashMap<>();
    for (CarryOver decision : decisions) {
      if (decision.carried()) {
        String symbol = schema.map(decision.map()).orElseThrow().symbol();
        reuse.put(symbol, Objects.requireNonNull(current.loadedMaps().get(symbol), symbol));
      }
    }
    ObjectSchema.Stats stats = schema.stats();
    if (stats != null && rules.ringsCarried()) {
      String symbol = schema.map(stats.map()).map(MapSchema::symbol).orElse(stats.map());
      reuse.put(symbol, Objects.requireNonNull(current.loadedMaps().get(symbol), symbol));
    }
    return reuse;
  }

  private @Nullable PinnedAccount newAccount(
      @Nullable ProgramPins pins, List<MapSchema> rings, List<Delivery> deliveries) {
    return pins == null
        ? null
        : kernel.own(PinnedAccount.create(Checkpoint.words(rings.size(), deliveries.size())));
  }

  /** Undoes a start that failed; what was pinned before it began stays pinned. */
  private void release(Throwable cause) {
    ProgramPins half = staged;
    List<AutoCloseable> resources = new ArrayList<>();
    // Its places are given back before it is forgotten whose the programs there are.
    resources.add(attachments);
    if (half != null) {
      resources.add(half::removeNext);
    }
    resources.add(workers);
    resources.add(kernel);
    if (ownedHere != null) {
      resources.add(ownedHere);
    }
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        cause.addSuppressed(e);
      }
    }
  }

  private RunningProgram run(ProgramPins pins) throws StartException {
    Recovery recovery = Recovery.of(pins, request.identity().uid());
    return switch (recovery.current()) {
      case Earlier.Nothing _ -> {
        pins.removeNext();
        yield startNew(pins, false);
      }
      case Earlier.Incomplete(String reason) -> {
        notAdopted = "Its pins " + reason + ".";
        pins.removeNext();
        pins.detachAll();
        yield startNew(pins, false);
      }
      case Earlier.OtherVersion(String reason) -> {
        notAdopted = "Its pins " + reason + ".";
        pins.removeNext();
        yield startNew(pins, true);
      }
      case Earlier.Complete(PinnedProgram found) -> {
        Manifest was = found.manifest();
        if (was.equals(manifest(was))) {
          yield adopt(found, recovery, pins, false);
        }
        notAdopted =
            was.revision() == request.identity().revision()
                ? "Its pins are of another object or of other sinks."
                : "Its pins are of revision " + was.revision() + ".";
        yield replaceEarlier(found, recovery, pins);
      }
    };
  }

  /** Goes on with what is pinned as it was, and replaces it as a running program is replaced. */
  private RunningProgram replaceEarlier(PinnedProgram found, Recovery recovery, ProgramPins pins)
      throws StartException {
    Manifest was = found.manifest();
    ObjectSchema schemaBefore = schemaOf(found);
    if (schemaBefore == null) {
      kernel.own(found);
      Attachments its = workers.own(adopted(found, recovery));
      pins.removeNext();
      attachments = new Attachments(its);
      notAdopted += " An older version of this runtime did not keep what its rings hold.";
      return startNew(pins, true);
    }
    Starting earlier =
        new Starting(
            request.withIdentity(ofRevision(was.revision())).withAttach(List.of()),
            null,
            schemaBefore,
            new Attachments(null));
    LiveProgram before =
        earlier.undoneOnFailure(
            "The program that is pinned cannot be adopted",
            () -> earlier.adopt(found, recovery, pins, true));
    try {
      return update(before, request, Objects.requireNonNull(loading), was.sinks(), notAdopted)
          .program();
    } catch (StartException | RuntimeException e) {
      ownedHere = null;
      before.leave(Duration.ZERO);
      throw e;
    }
  }

  private Identity ofRevision(long revision) {
    Identity identity = request.identity();
    return new Identity(identity.node(), identity.program(), identity.uid(), revision);
  }

  /** What the rings of a pinned program hold; null if it cannot be told. */
  private @Nullable ObjectSchema schemaOf(PinnedProgram found) throws StartException {
    return found.schema().isEmpty()
            && found.manifest().objectDigest().equals(digest(request.object()))
        ? schema
        : pinnedSchema(found);
  }

  private static @Nullable ObjectSchema pinnedSchema(PinnedProgram found) throws StartException {
    byte[] text = found.schema().orElse(null);
    if (text == null) {
      return null;
    }
    try {
      return SchemaReader.read(text);
    } catch (SchemaException e) {
      found.close();
      throw PinnedProgram.tampered(found.manifest().uid(), e);
    }
  }

  /** What the manifest of this request is, given the parts that it does not determine. */
  private Manifest manifest(Manifest parts) {
    return new Manifest(
        parts.version(),
        request.identity().uid(),
        request.identity().revision(),
        digest(request.object()),
        parts.maps(),
        parts.programs(),
        parts.links(),
        request.sinks().stream().map(SinkSpec::name).toList());
  }

  /** Removes the pins of a program, or what is beside them if that is named. */
  static void remove(Path root, String name) throws StartException {
    String uid = ProgramPins.programOf(name);
    try (ProgramPins pins = ProgramPins.own(root, uid, Duration.ZERO)) {
      if (uid.equals(name)) {
        pins.remove();
        return;
      }
      Recovery recovery = Recovery.of(pins, uid);
      if (recovery.current() instanceof Earlier.Complete(PinnedProgram found)) {
        try (found;
            Attachments _ = adopted(found, recovery)) {
          pins.removeNext();
        } finally {
          PinnedProgram former = recovery.former();
          if (former != null) {
            former.close();
          }
        }
      } else {
        pins.removeNext();
      }
    }
  }

  /** The attachments of a pinned program, each of which runs its program. */
  private static Attachments adopted(PinnedProgram found, Recovery recovery) throws StartException {
    Attachments adopted = Attachments.adopted(found.takeLinks(), found.maps(), found.programs());
    try {
      adopted.putBack(recovery.beside());
      return adopted;
    } catch (IllegalArgumentException e) {
      adopted.close();
      throw PinnedProgram.tampered(found.manifest().uid(), e);
    } catch (BpfException e) {
      adopted.close();
      throw e;
    }
  }

  /**
   * @param toBeReplaced whether another revision takes its place at once
   */
  private LiveProgram adopt(
      PinnedProgram earlier, Recovery recovery, ProgramPins pins, boolean toBeReplaced)
      throws StartException {
    kernel.own(earlier);
    attachments = adopted(earlier, recovery);
    PinnedProgram former = recovery.former();
    if (former != null) {
      earlier.takeCountsOf(former);
      finish(former, earlier);
    }
    pins.removeNext();
    LiveProgram program = readOn(earlier, pins);
    if (!toBeReplaced && !earlier.unlinked().isEmpty()) {
      attachAgain(earlier, pins);
    }
    return program;
  }

  /** What has no link ended with the former process; the rest goes on if it cannot be attached. */
  private void attachAgain(PinnedProgram earlier, ProgramPins pins) {
    try {
      new Attaching(Objects.requireNonNull(loading), filters(pins), request.attach())
          .attach(earlier.programs(), earlier.maps(), attachments);
    } catch (StartException | BpfException e) {
      state.placeGone(String.valueOf(e.getMessage()));
    }
  }

  /** Delivers what the rings of a former revision still hold, which has lost its places. */
  private void finish(PinnedProgram former, PinnedProgram current) throws StartException {
    ObjectSchema its = former.sharesRings(current) ? null : schemaOf(former);
    if (its == null) {
      former.close();
      return;
    }
    Starting last =
        new Starting(
            request.withIdentity(ofRevision(former.manifest().revision())),
            null,
            its,
            new Attachments(null));
    LiveProgram program =
        last.undoneOnFailure(
            "What the former revision left cannot be delivered",
            () -> last.readToTheEnd(former, attachments.linkIds()));
    program.stop(request.limits().sinkPatience());
    program.close();
  }

  private LiveProgram readToTheEnd(PinnedProgram former, Set<Integer> links) throws StartException {
    kernel.own(former);
    attachments = Attachments.adopted(former.takeLinks(), former.maps(), former.programs());
    attachments.releaseHeldBy(links);
    return readOn(former, null);
  }

  /**
   * Goes on with what is pinned where its last reader stopped.
   *
   * @param pins what the program goes on to own; null if it only reads to the end
   */
  private LiveProgram readOn(PinnedProgram pinned, @Nullable ProgramPins pins)
      throws StartException {
    MapAccess maps = maps(pinned.maps());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    int words = Checkpoint.words(rings.size(), deliveries.size());
    boolean sameSinks =
        request.sinks().stream().map(SinkSpec::name).toList().equals(pinned.manifest().sinks());
    // For other sinks its counts say nothing; what its rings hold goes to these.
    PinnedAccount account =
        kernel.own(sameSinks ? pinned.account(words) : PinnedAccount.create(words));
    Tally tally = tallyOf(pinned);
    RingPump pump = rings.isEmpty() ? null : pump(pinned.maps(), rings, deliveries, tally, account);
    begin(pump);
    boolean goesOn = pins != null && sameSinks;
    return live(maps, pinned.maps(), deliveries, pump, tally, pins, goesOn ? account : null);
  }

  /**
   * @param replaces whether other pins are there that cannot be exchanged place by place
   */
  private RunningProgram startNew(@Nullable ProgramPins pins, boolean replaces)
      throws StartException {
    ObjectLoading object = Objects.requireNonNull(loading);
    Attaching attaching = new Attaching(object, filters(pins), request.attach());
    LoadedObject loaded = kernel.own(object.load(LoadOptions.defaults()));
    MapAccess maps = maps(loaded.maps());
    seed(maps, List.of());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    PinnedAccount account = newAccount(pins, rings, deliveries);
    Tally tally = new Tally(schema, attachments, loaded.maps());
    RingPump pump = rings.isEmpty() ? null : pump(loaded.maps(), rings, deliveries, tally, account);
    Staging staging = stage(pins, object, loaded, account);
    begin(pump);
    try {
      attaching.attach(loaded.programs(), loaded.maps(), attachments);
    } catch (StartException e) {
      if (pins == null || !replaces) {
        throw e;
      }
      // Some places take one program only. The old pins would go in any case.
      pins.detachAll();
      attaching.attach(loaded.programs(), loaded.maps(), attachments);
    }
    completeStage(staging, loaded, tally);
    if (pins != null && staging != null) {
      pins.swap();
      staged = null;
    }
    List<Exception> faults = new ArrayList<>();
    attempt(faults, attachments::commit);
    if (pins != null) {
      attempt(faults, pins::removeNext);
    }
    LiveProgram program = live(maps, loaded.maps(), deliveries, pump, tally, pins, account);
    faults.forEach(state::leftBehind);
    return program;
  }

  private OwnFilter filters(@Nullable ProgramPins pins) {
    return new OwnFilter(request.identity().uid(), pins != null);
  }

  /**
   * Pins the new revision beside what is pinned, but for what it will be attached by; undone with
   * everything else if the start fails.
   */
  private @Nullable Staging stage(
      @Nullable ProgramPins pins,
      ObjectLoading object,
      LoadedObject loaded,
      @Nullable PinnedAccount account)
      throws StartException {
    if (pins == null || account == null) {
      return null;
    }
    staged = pins;
    return Staging.begin(
        pins, object.schemaText(), request.note(), account, loaded.maps(), loaded.programs());
  }

  /** Says that the new revision has all its places. */
  private void completeStage(@Nullable Staging staging, LoadedObject loaded, Tally tally)
      throws StartException {
    if (staging == null) {
      return;
    }
    Manifest parts =
        new Manifest(Manifest.VERSION, "", 1, "", List.of(), List.of(), List.of(), List.of());
    Map<String, BpfMap> pinnedMaps = attachments.withSlots(loaded.maps());
    BpfMap past = kernel.own(tally.kept());
    pinnedMaps.put(Tally.PIN, past);
    kept = past;
    staging.complete(
        manifest(parts),
        attachments.unlinked(),
        pinnedMaps,
        attachments.withEntries(loaded.programs()),
        attachments.links());
  }

  /** Reads on where the last reader of the rings stopped. */
  private static void begin(@Nullable RingPump pump) {
    if (pump != null) {
      pump.takeOver();
      pump.start();
    }
  }

  private LiveProgram live(
      MapAccess maps,
      Map<String, BpfMap> loadedMaps,
      List<Delivery> deliveries,
      @Nullable RingPump pump,
      Tally tally,
      @Nullable ProgramPins pins,
      @Nullable PinnedAccount account) {
    return new LiveProgram(
        request.identity(),
        schema,
        maps,
        attachments,
        loadedMaps,
        kernel,
        deliveries,
        pump,
        state,
        tally,
        pins,
        account,
        notAdopted);
  }

  private List<MapSchema> rings() {
    return schema.maps().stream().filter(MapSchema::isRing).toList();
  }

  private static String digest(byte[] object) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(object));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private MapAccess maps(Map<String, BpfMap> loaded) throws StartException {
    MapAccess maps = new MapAccess(clock);
    for (MapSchema map : schema.maps()) {
      BpfMap opened = loaded.get(map.symbol());
      if (opened == null) {
        throw new StartException(
            FailureReason.BAD_OBJECT,
            "The object's schema names the map %s, which the object does not have; compile the program again."
                .formatted(map.name()));
      }
      maps.add(map, opened);
    }
    BpfMap readers = loaded.get(ReaderThreads.MAP);
    if (readers != null) {
      kernel.own(ReaderThreads.tell(readers));
    }
    return maps;
  }

  /** A map that is carried over was seeded before; what was counted in it since stays. */
  private void seed(MapAccess maps, List<String> carried) throws StartException {
    for (MapEntries entries : request.maps()) {
      if (entries.mode() == MapEntries.Mode.SEED && carried.contains(entries.map())) {
        continue;
      }
      try {
        maps.apply(entries);
      } catch (MapEntryException e) {
        throw new StartException(
            FailureReason.MAP_ENTRY_INVALID, String.valueOf(e.getMessage()), "", e);
      }
    }
  }

  private List<Delivery> deliveries(int rings) throws StartException {
    List<Delivery> deliveries = new ArrayList<>();
    for (SinkSpec sink : request.sinks()) {
      int number = deliveries.size();
      try {
        deliveries.add(
            workers.own(
                Delivery.open(
                    sink,
                    request.limits().queueBytes(),
                    new SinkAccount(sink.name(), rings),
                    problem -> state.sink(number, problem))));
      } catch (IOException e) {
        throw new StartException(
            FailureReason.SINK_UNAVAILABLE,
            "The sink '%s' cannot be opened: %s; check that the directory exists and is writable."
                .formatted(sink.name(), e),
            "",
            e);
      }
    }
    return deliveries;
  }

  private RingPump pump(
      Map<String, BpfMap> maps,
      List<MapSchema> rings,
      List<Delivery> deliveries,
      Tally tally,
      @Nullable PinnedAccount account)
      throws StartException {
    ObjectSchema.Stats stats = schema.stats();
    List<RingSource> sources = new ArrayList<>();
    String bootId = bootId();
    for (MapSchema ring : rings) {
      BpfMap map = Objects.requireNonNull(maps.get(ring.symbol()), ring.symbol());
      // A map's id is used once in a boot (until 2^31 maps were made): it is the ring's generation.
      RingDecoder decoder =
          new RingDecoder(ring, request.identity(), bootId, map.id(), clock, WideNumbers.NUMBER);
      int index = stats == null ? -1 : stats.rings().indexOf(ring.name());
      sources.add(new RingSource(map, index, decoder, new RingAccount(ring.name())));
    }
    List<SinkAccount> sinks = deliveries.stream().map(Delivery::account).toList();
    Checkpoint checkpoint = account == null ? null : new Checkpoint(account, sources, sinks);
    @Nullable BpfMap statistics = ObjectLoading.statistics(schema, maps);
    try {
      return workers.own(
          new RingPump(
              request.identity().program(),
              sources,
              deliveries,
              new KernelCounters(statistics),
              tally::programs,
              clock,
              request.listener(),
              request.limits().maxRecords(),
              checkpoint,
              request.limits().sinkPatience(),
              request.limits().pause(),
              state::failed));
    } catch (BpfException e) {
      throw new StartException(
          FailureReason.LOAD_FAILED, "The rings cannot be read: " + e.getMessage() + ".", "", e);
    }
  }

  private static String bootId() throws StartException {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      throw new StartException(
          FailureReason.UNSUPPORTED, "This machine has no boot id in " + BOOT_ID + ".", "", e);
    }
  }
}
