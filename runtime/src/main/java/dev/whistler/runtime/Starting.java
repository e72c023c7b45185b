package dev.whistler.runtime;

import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BootClock;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.adopt.Earlier;
import dev.whistler.runtime.adopt.Manifest;
import dev.whistler.runtime.adopt.PinnedAccount;
import dev.whistler.runtime.adopt.PinnedProgram;
import dev.whistler.runtime.adopt.ProgramPins;
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
import dev.whistler.runtime.load.Resources;
import dev.whistler.runtime.maps.MapAccess;
import dev.whistler.runtime.maps.MapEntries;
import dev.whistler.runtime.maps.MapEntryException;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.update.CarryOver;
import dev.whistler.runtime.update.CarryRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a start, in the order in which they must happen: maps are seeded and rings are read
 * before anything is attached, so that the first event finds everything in place.
 */
final class Starting {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final long[] NO_COUNTS = {};

  private final RunRequest request;
  private final ObjectLoading loading;
  private final ObjectSchema schema;
  private final WallClock clock = new WallClock(BootClock::nanos);
  private final LiveProgram.StateHolder state = new LiveProgram.StateHolder();
  private final Resources kernel = new Resources();
  private final Resources workers = new Resources();
  private Attachments attachments;
  private @Nullable ProgramPins staged;
  private @Nullable BpfMap kept;
  private @Nullable String notAdopted;

  private Starting(RunRequest request, ObjectLoading loading, Attachments attachments) {
    this.attachments = attachments;
    this.request = request;
    this.loading = loading;
    this.schema = loading.schema();
  }

  static RunningProgram start(RunRequest request) throws StartException {
    Starting starting =
        new Starting(
            request,
            ObjectLoading.read(request.object(), request.records(), request.tier()),
            new Attachments(null));
    try {
      return starting.run();
    } catch (BpfException e) {
      throw starting.failed("The program cannot be started", e);
    } catch (StartException | RuntimeException e) {
      starting.release(e);
      throw e;
    }
  }

  static Updated update(LiveProgram current, RunRequest next) throws StartException {
    if (!current.isLive()) {
      throw new IllegalStateException(
          "Program " + current.identity().program() + " does not run any more.");
    }
    Starting starting =
        new Starting(
            next,
            ObjectLoading.read(next.object(), next.records(), next.tier()),
            new Attachments(current.attachments()));
    try {
      return starting.replace(current);
    } catch (BpfException e) {
      throw starting.failed("The program cannot be replaced", e);
    } catch (StartException | RuntimeException e) {
      starting.release(e);
      throw e;
    }
  }

  /** A failure of the kernel outside of load and attach, which tell theirs themselves. */
  private StartException failed(String what, BpfException cause) {
    StartException failure = Failures.of(FailureReason.LOAD_FAILED, what, cause);
    release(failure);
    return failure;
  }

  private Updated replace(LiveProgram current) throws StartException {
    ProgramPins pins = pinDirectory();
    Attaching attaching = new Attaching(loading, request.attach());
    CarryRules rules =
        new CarryRules(
            current.schema(),
            schema,
            current.sinkNames(),
            request.sinks().stream().map(SinkSpec::name).toList(),
            attaching.overlaps());
    List<CarryOver> decisions = rules.decide();
    LoadedObject loaded =
        kernel.own(
            loading.load(LoadOptions.defaults().withReuse(carried(current, decisions, rules))));
    MapAccess maps = maps(loaded.maps());
    seed(maps, decisions.stream().filter(CarryOver::carried).map(CarryOver::map).toList());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    PinnedAccount account = newAccount(pins, rings, deliveries);
    Tally tally = new Tally(schema, attachments, loaded.maps());
    // Whatever can fail is done before the current revision ends.
    RingPump pump = rings.isEmpty() ? null : pump(loaded.maps(), rings, deliveries, tally, account);
    // A fresh ring has room for what comes until the former revision has ended.
    attaching.attach(loaded, attachments);
    stage(pins, loaded, account, tally);
    attachments.commit();
    LiveProgram.Ended ended = current.end(rules.ringsCarried(), request.limits().sinkPatience());
    tally.goOnFrom(ended.counters().maps());
    if (kept != null) {
      tally.keep(kept);
    }
    long[] counts = rules.ringsCarried() ? ended.words() : NO_COUNTS;
    if (account != null && counts.length > 0) {
      account.write(counts);
    }
    if (pump != null) {
      if (account == null && counts.length > 0) {
        pump.goOn(counts);
      } else {
        pump.takeOver();
      }
      pump.start();
    }
    unstage(pins);
    return new Updated(
        live(maps, loaded.maps(), deliveries, pump, tally, pins), decisions, ended.counters());
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
  private void release(Exception cause) {
    ProgramPins half = staged;
    if (half != null) {
      try {
        half.remove();
      } catch (StartException e) {
        cause.addSuppressed(e);
      }
    }
    for (AutoCloseable resources : List.of(attachments, workers, kernel)) {
      try {
        resources.close();
      } catch (Exception e) {
        cause.addSuppressed(e);
      }
    }
  }

  private RunningProgram run() throws StartException {
    ProgramPins pins = pinDirectory();
    PinnedProgram earlier = pins == null ? null : earlier(pins);
    return earlier != null && pins != null ? adopt(earlier, pins) : startNew(pins);
  }

  private @Nullable ProgramPins pinDirectory() throws StartException {
    Path root = request.pinDirectory();
    return root == null ? null : ProgramPins.of(root, request.identity().uid());
  }

  /** The pinned program that is exactly what is asked for, or null. */
  private @Nullable PinnedProgram earlier(ProgramPins pins) throws StartException {
    return switch (PinnedProgram.open(pins, request.identity().uid())) {
      case Earlier.Nothing _ -> null;
      case Earlier.Unusable(String reason) -> {
        notAdopted = "Its pins " + reason + ".";
        yield null;
      }
      case Earlier.Complete(PinnedProgram found) -> {
        Manifest was = found.manifest();
        if (was.equals(manifest(was))) {
          yield found;
        }
        found.close();
        notAdopted =
            was.revision() == request.identity().revision()
                ? "Its pins are of another object or of other sinks."
                : "Its pins are of revision " + was.revision() + ".";
        yield null;
      }
    };
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

  private RunningProgram adopt(PinnedProgram earlier, ProgramPins pins) throws StartException {
    kernel.own(earlier);
    MapAccess maps = maps(earlier.maps());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    int words = Checkpoint.words(rings.size(), deliveries.size());
    PinnedAccount account = kernel.own(earlier.account(words));
    attachments = Attachments.adopted(earlier.takeLinks(), earlier.maps(), earlier.programs());
    Tally tally = new Tally(schema, attachments, earlier.maps());
    BpfMap past = earlier.maps().get(Tally.PIN);
    if (past != null) {
      tally.restore(past);
    }
    RingPump pump =
        rings.isEmpty() ? null : pump(earlier.maps(), rings, deliveries, tally, account);
    begin(pump);
    return live(maps, earlier.maps(), deliveries, pump, tally, pins);
  }

  private RunningProgram startNew(@Nullable ProgramPins pins) throws StartException {
    Attaching attaching = new Attaching(loading, request.attach());
    LoadedObject loaded = kernel.own(loading.load(LoadOptions.defaults()));
    MapAccess maps = maps(loaded.maps());
    seed(maps, List.of());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    PinnedAccount account = newAccount(pins, rings, deliveries);
    Tally tally = new Tally(schema, attachments, loaded.maps());
    RingPump pump = rings.isEmpty() ? null : pump(loaded.maps(), rings, deliveries, tally, account);
    begin(pump);
    attaching.attach(loaded, attachments);
    stage(pins, loaded, account, tally);
    attachments.commit();
    unstage(pins);
    return live(maps, loaded.maps(), deliveries, pump, tally, pins);
  }

  /**
   * Pins the new revision beside what is pinned; undone with everything else if the start fails.
   */
  private void stage(
      @Nullable ProgramPins pins, LoadedObject loaded, @Nullable PinnedAccount account, Tally tally)
      throws StartException {
    if (pins == null || account == null) {
      return;
    }
    ProgramPins next = pins.next();
    next.remove();
    Map<String, BpfLink> links = attachments.links();
    Map<String, BpfMap> pinnedMaps = attachments.withSlots(loaded.maps());
    BpfMap past = kernel.own(tally.kept());
    pinnedMaps.put(Tally.PIN, past);
    kept = past;
    Map<String, BpfProgram> programs = attachments.withEntries(loaded.programs());
    Manifest parts =
        new Manifest(
            Manifest.VERSION,
            "",
            1,
            "",
            List.copyOf(pinnedMaps.keySet()),
            List.copyOf(programs.keySet()),
            List.copyOf(links.keySet()),
            List.of());
    PinnedProgram.pin(next, manifest(parts), pinnedMaps, programs, links, account);
    staged = next;
  }

  /** What was pinned beside takes the place of what was pinned before. */
  private void unstage(@Nullable ProgramPins pins) throws StartException {
    if (pins != null && staged != null) {
      pins.replaceBy(staged);
      staged = null;
    }
  }

  /** Reads on where the last reader of the rings stopped. */
  private static void begin(@Nullable RingPump pump) {
    if (pump != null) {
      pump.takeOver();
      pump.start();
    }
  }

  private RunningProgram live(
      MapAccess maps,
      Map<String, BpfMap> loadedMaps,
      List<Delivery> deliveries,
      @Nullable RingPump pump,
      Tally tally,
      @Nullable ProgramPins pins) {
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
      try {
        deliveries.add(
            workers.own(
                Delivery.open(
                    sink,
                    request.limits().queueBytes(),
                    new SinkAccount(sink.name(), rings),
                    state::sink)));
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
    @Nullable BpfMap statistics = loading.statistics(maps);
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
