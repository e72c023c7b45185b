package dev.whistler.runtime;

import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.sys.BootClock;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.adopt.Manifest;
import dev.whistler.runtime.adopt.PinDirectory;
import dev.whistler.runtime.adopt.PinnedAccount;
import dev.whistler.runtime.adopt.PinnedProgram;
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
import dev.whistler.runtime.load.ObjectLoading;
import dev.whistler.runtime.load.Resources;
import dev.whistler.runtime.maps.MapAccess;
import dev.whistler.runtime.maps.MapEntries;
import dev.whistler.runtime.maps.MapEntryException;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ObjectSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
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

  private final RunRequest request;
  private final ObjectLoading loading;
  private final ObjectSchema schema;
  private final WallClock clock = new WallClock(BootClock::nanos);
  private final LiveProgram.StateHolder state = new LiveProgram.StateHolder();
  private final Resources kernel = new Resources();
  private final Resources attachments = new Resources();
  private final Resources workers = new Resources();

  private Starting(RunRequest request, ObjectLoading loading) {
    this.request = request;
    this.loading = loading;
    this.schema = loading.schema();
  }

  static RunningProgram start(RunRequest request) throws StartException {
    Starting starting = new Starting(request, ObjectLoading.read(request.object()));
    try {
      return starting.run();
    } catch (StartException | RuntimeException e) {
      starting.release(e);
      throw e;
    }
  }

  /** Undoes a start that failed; what was pinned before it began stays pinned. */
  private void release(Exception cause) {
    for (Resources resources : List.of(attachments, workers, kernel)) {
      try {
        resources.close();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private RunningProgram run() throws StartException {
    PinDirectory pins = pinDirectory();
    PinnedProgram earlier = pins == null ? null : earlier(pins);
    return earlier != null && pins != null ? adopt(earlier, pins) : startNew(pins);
  }

  private @Nullable PinDirectory pinDirectory() throws StartException {
    Path root = request.pinDirectory();
    return root == null ? null : PinDirectory.of(root, request.identity().uid());
  }

  /** The pinned program that is exactly what is asked for, or null. */
  private @Nullable PinnedProgram earlier(PinDirectory pins) throws StartException {
    PinnedProgram found = PinnedProgram.open(pins, request.identity().uid()).orElse(null);
    if (found == null || found.manifest().equals(manifest(found.manifest()))) {
      return found;
    }
    found.close();
    return null;
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

  private RunningProgram adopt(PinnedProgram earlier, PinDirectory pins) throws StartException {
    kernel.own(earlier);
    MapAccess maps = maps(earlier.maps());
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    int words = Checkpoint.words(rings.size(), deliveries.size());
    PinnedAccount account = kernel.own(earlier.account(pins, words));
    RingPump pump = rings.isEmpty() ? null : pump(earlier.maps(), rings, deliveries, account);
    return live(maps, deliveries, pump, pins);
  }

  private RunningProgram startNew(@Nullable PinDirectory pins) throws StartException {
    Attaching attaching = new Attaching(loading, request.attach());
    LoadedObject loaded = kernel.own(loading.load(LoadOptions.defaults()));
    MapAccess maps = maps(loaded.maps());
    seed(maps);
    List<MapSchema> rings = rings();
    List<Delivery> deliveries = deliveries(rings.size());
    PinnedAccount account =
        pins == null
            ? null
            : kernel.own(PinnedAccount.create(Checkpoint.words(rings.size(), deliveries.size())));
    RingPump pump = rings.isEmpty() ? null : pump(loaded.maps(), rings, deliveries, account);
    attaching.attach(loaded, attachments);
    if (pins != null && account != null) {
      pins.remove();
      pin(pins, loaded, account);
    }
    return live(maps, deliveries, pump, pins);
  }

  private void pin(PinDirectory pins, LoadedObject loaded, PinnedAccount account)
      throws StartException {
    List<BpfLink> links = attachments.ofType(BpfLink.class);
    Manifest parts =
        new Manifest(
            Manifest.VERSION,
            "",
            1,
            "",
            List.copyOf(loaded.maps().keySet()),
            List.copyOf(loaded.programs().keySet()),
            links.size(),
            List.of());
    PinnedProgram.pin(pins, manifest(parts), loaded.maps(), loaded.programs(), links, account);
  }

  private RunningProgram live(
      MapAccess maps,
      List<Delivery> deliveries,
      @Nullable RingPump pump,
      @Nullable PinDirectory pins) {
    return new LiveProgram(
        request.identity(), schema, maps, attachments, kernel, deliveries, pump, state, pins);
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

  private void seed(MapAccess maps) throws StartException {
    for (MapEntries entries : request.maps()) {
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
                    request.limits().sinkPatience(),
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
      RingPump pump =
          workers.own(
              new RingPump(
                  request.identity().program(),
                  sources,
                  deliveries,
                  new KernelCounters(statistics),
                  clock,
                  request.listener(),
                  request.limits().maxRecords(),
                  checkpoint,
                  request.limits().sinkPatience(),
                  state::failed));
      pump.start();
      return pump;
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
