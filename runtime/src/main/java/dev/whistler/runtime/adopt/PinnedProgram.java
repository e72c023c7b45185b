package dev.whistler.runtime.adopt;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program as an earlier process pinned it: its maps, programs and links, and the account of its
 * rings. Owns what it opened.
 */
public final class PinnedProgram implements AutoCloseable {
  private final PinDirectory directory;
  private final Manifest manifest;
  private final int id;
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
  private final Map<String, BpfLink> links = new LinkedHashMap<>();

  private PinnedProgram(PinDirectory directory, Manifest manifest, int id) {
    this.directory = directory;
    this.manifest = manifest;
    this.id = id;
  }

  /**
   * Opens the pins of a program if they are ours, whole, and of a version that we know.
   *
   * @throws StartException {@code TAMPERED} if they are not what was pinned
   */
  static Earlier open(PinDirectory directory, String uid) throws StartException {
    PinnedProgram opened = null;
    try (BpfMap map = directory.map(ProgramPins.MANIFEST).orElse(null)) {
      if (map == null) {
        return directory.names().stream().allMatch(ProgramPins::isOfOwner)
            ? new Earlier.Nothing()
            : new Earlier.Incomplete("are incomplete");
      }
      opened = new PinnedProgram(directory, Manifest.read(map, uid), map.id());
      opened.openAll();
      opened.check();
      return new Earlier.Complete(opened);
    } catch (Manifest.OtherVersionException e) {
      return new Earlier.OtherVersion(
          "are of version %d, and this runtime knows version %d"
              .formatted(e.version(), Manifest.VERSION));
    } catch (MissingPinException e) {
      close(opened);
      return new Earlier.Incomplete("are incomplete");
    } catch (IOException | BpfException | IllegalArgumentException e) {
      close(opened);
      throw tampered(uid, e);
    }
  }

  private static void close(@Nullable PinnedProgram opened) {
    if (opened != null) {
      opened.close();
    }
  }

  /** What is pinned is not what was pinned. */
  public static StartException tampered(String uid, Exception cause) {
    return new StartException(
        FailureReason.TAMPERED,
        "The pins of program %s are damaged or foreign (%s); remove its pin directory, it is loaded again."
            .formatted(uid, cause.getMessage()),
        "",
        cause);
  }

  /** A pin that the manifest names and that is not there: somebody was about to remove them all. */
  private static final class MissingPinException extends IOException {
    private static final long serialVersionUID = 1;

    MissingPinException(String name) {
      super("there is no pin " + name);
    }
  }

  private void openAll() throws IOException {
    for (int i = 0; i < manifest.maps().size(); i++) {
      maps.put(manifest.maps().get(i), present(directory.map(Staging.MAP + i), Staging.MAP + i));
    }
    for (int i = 0; i < manifest.programs().size(); i++) {
      programs.put(
          manifest.programs().get(i),
          present(directory.program(Staging.PROGRAM + i), Staging.PROGRAM + i));
    }
    for (int i = 0; i < manifest.links().size(); i++) {
      String name = ProgramPins.LINK + i;
      links.put(manifest.links().get(i), present(directory.link(name), name));
    }
  }

  private static <T> T present(Optional<T> pinned, String name) throws IOException {
    return pinned.orElseThrow(() -> new MissingPinException(name));
  }

  /** The pinned programs must use the pinned maps; what the links run, their adoption compares. */
  private void check() throws IOException {
    Set<Integer> ours = maps.values().stream().map(BpfMap::id).collect(Collectors.toSet());
    for (BpfProgram program : programs.values()) {
      if (!ours.containsAll(program.mapIds())) {
        throw new IOException(program + " uses a map that is not among them");
      }
    }
  }

  /**
   * The text of its schema, which says what its rings hold.
   *
   * @return empty if a version of us pinned it that did not keep it
   */
  public Optional<byte[]> schema() {
    return Frozen.read(directory, Staging.SCHEMA);
  }

  /** The id of the map that is the manifest of those whose place these pins take; 0 for none. */
  int replaces() {
    return Frozen.read(directory, Staging.INTENT)
        .map(text -> Integer.parseInt(new String(text, StandardCharsets.US_ASCII)))
        .orElse(0);
  }

  /** Programs and places of what was attached without a link, which cannot be pinned. */
  public List<String> unlinked() {
    return Frozen.read(directory, Staging.UNLINKED)
        .map(text -> new String(text, StandardCharsets.UTF_8).lines().toList())
        .orElse(List.of());
  }

  /** Whether the other one reads some of the same rings. */
  public boolean sharesRings(PinnedProgram other) {
    Set<Integer> theirs = other.rings().collect(Collectors.toSet());
    return rings().anyMatch(theirs::contains);
  }

  private Stream<Integer> rings() {
    return maps.values().stream().filter(map -> map.type() == MapType.RINGBUF).map(BpfMap::id);
  }

  /** Ids of its programs. */
  public Set<Integer> programIds() {
    return programs.values().stream().map(BpfProgram::id).collect(Collectors.toSet());
  }

  /** The id of the map that is its manifest. */
  int id() {
    return id;
  }

  /**
   * The account of its rings, for so many words; owned by the caller.
   *
   * @throws StartException {@code TAMPERED} if it is not there or has another shape
   */
  public PinnedAccount account(int words) throws StartException {
    return directory
        .map(Staging.ACCOUNT)
        .flatMap(map -> PinnedAccount.open(map, words))
        .orElseThrow(
            () ->
                new StartException(
                    FailureReason.TAMPERED,
                    "The pinned account of program "
                        + manifest.uid()
                        + " is gone or has another shape; remove its pin directory, it is loaded"
                        + " again."));
  }

  /**
   * Goes on with the counts of a former revision of the same rings. Since rings have one account
   * this is of use only where an older version of us ended before it handed them over.
   */
  public void takeCountsOf(PinnedProgram former) {
    if (!sharesRings(former) || !manifest.sinks().equals(former.manifest.sinks())) {
      return;
    }
    try (BpfMap ours = directory.map(Staging.ACCOUNT).orElse(null);
        BpfMap theirs = former.directory.map(Staging.ACCOUNT).orElse(null)) {
      if (ours != null
          && theirs != null
          && ours.type() == MapType.ARRAY
          && ours.valueSize() == theirs.valueSize()) {
        byte[] counts = Objects.requireNonNull(ours.lookup(new byte[4]), "an array has it");
        if (Arrays.equals(counts, new byte[counts.length])) {
          ours.update(
              new byte[4], Objects.requireNonNull(theirs.lookup(new byte[4]), "an array has it"));
        }
      }
    }
  }

  public Manifest manifest() {
    return manifest;
  }

  /** By symbol. */
  public Map<String, BpfMap> maps() {
    return Map.copyOf(maps);
  }

  /** By symbol, entry programs among them. */
  public Map<String, BpfProgram> programs() {
    return Map.copyOf(programs);
  }

  /** The links, by program and place; the caller owns them from now on. */
  public Map<String, BpfLink> takeLinks() {
    Map<String, BpfLink> taken = new LinkedHashMap<>(links);
    links.clear();
    return taken;
  }

  @Override
  public void close() {
    links.values().forEach(BpfLink::close);
    programs.values().forEach(BpfProgram::close);
    maps.values().forEach(BpfMap::close);
  }
}
