package dev.whistler.runtime.adopt;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A program as an earlier process pinned it: its maps, programs and links, and the account of its
 * rings. Owns what it opened.
 */
public final class PinnedProgram implements AutoCloseable {
  private static final String MANIFEST = "manifest";
  private static final String ACCOUNT = "account";
  private static final String MAP = "map-";
  private static final String PROGRAM = "prog-";

  private final PinDirectory directory;
  private final Manifest manifest;
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
  private final Map<String, BpfLink> links = new LinkedHashMap<>();

  private PinnedProgram(PinDirectory directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  /** The manifest was made from these very maps, so each of its names is there. */
  private static <T> T named(Map<String, T> objects, String name) {
    return Objects.requireNonNull(objects.get(name), name);
  }

  /**
   * Pins everything; the manifest comes last. On failure nothing stays pinned.
   *
   * @throws StartException {@code LOAD_FAILED} if the file system does not take the pins
   */
  public static void pin(
      ProgramPins pins,
      Manifest manifest,
      Map<String, BpfMap> maps,
      Map<String, BpfProgram> programs,
      Map<String, BpfLink> links,
      PinnedAccount account)
      throws StartException {
    PinDirectory directory = pins.create();
    try {
      directory.pin(account.map(), ACCOUNT);
      for (int i = 0; i < manifest.maps().size(); i++) {
        directory.pin(named(maps, manifest.maps().get(i)), MAP + i);
      }
      for (int i = 0; i < manifest.programs().size(); i++) {
        directory.pin(named(programs, manifest.programs().get(i)), PROGRAM + i);
      }
      for (int i = 0; i < manifest.links().size(); i++) {
        directory.pin(named(links, manifest.links().get(i)), ProgramPins.LINK + i);
      }
      try (BpfMap map = manifest.toMap()) {
        directory.pin(map, MANIFEST);
      }
    } catch (BpfException e) {
      pins.remove();
      throw new StartException(
          FailureReason.LOAD_FAILED,
          "The program cannot be pinned: "
              + e.getMessage()
              + "; the pin directory must be on a BPF file system with room.",
          "",
          e);
    }
  }

  /**
   * Looks at the pins of a program and opens them if they are ours and of this version.
   *
   * @throws StartException {@code TAMPERED} if they are not what was pinned
   */
  public static Earlier open(ProgramPins pins, String uid) throws StartException {
    PinDirectory directory = pins.existing().orElse(null);
    if (directory == null) {
      return new Earlier.Nothing();
    }
    PinnedProgram opened = null;
    try (BpfMap manifest = directory.map(MANIFEST).orElse(null)) {
      if (manifest == null) {
        return new Earlier.Unusable("are incomplete");
      }
      opened = new PinnedProgram(directory, Manifest.read(manifest, uid));
      opened.openAll();
      opened.check();
      return new Earlier.Complete(opened);
    } catch (Manifest.OtherVersionException e) {
      return new Earlier.Unusable(
          "are of version %d, and this runtime knows version %d"
              .formatted(e.version(), Manifest.VERSION));
    } catch (IOException | BpfException | IllegalArgumentException e) {
      if (opened != null) {
        opened.close();
      }
      throw new StartException(
          FailureReason.TAMPERED,
          "The pins of program %s are damaged or foreign (%s); remove its pin directory, it is loaded again."
              .formatted(uid, e.getMessage()),
          "",
          e);
    }
  }

  private void openAll() throws IOException {
    for (int i = 0; i < manifest.maps().size(); i++) {
      maps.put(manifest.maps().get(i), present(directory.map(MAP + i), MAP + i));
    }
    for (int i = 0; i < manifest.programs().size(); i++) {
      programs.put(
          manifest.programs().get(i), present(directory.program(PROGRAM + i), PROGRAM + i));
    }
    for (int i = 0; i < manifest.links().size(); i++) {
      String name = ProgramPins.LINK + i;
      links.put(manifest.links().get(i), present(directory.link(name), name));
    }
  }

  private static <T> T present(Optional<T> pinned, String name) throws IOException {
    return pinned.orElseThrow(() -> new IOException("there is no pin " + name));
  }

  /** The links must run the pinned programs and these must use the pinned maps. */
  private void check() throws IOException {
    Set<Integer> known = programs.values().stream().map(BpfProgram::id).collect(Collectors.toSet());
    for (BpfLink link : links.values()) {
      if (!known.contains(link.info().programId())) {
        throw new IOException(link + " runs a program that is not among them");
      }
    }
    Set<Integer> ours = maps.values().stream().map(BpfMap::id).collect(Collectors.toSet());
    for (BpfProgram program : programs.values()) {
      if (!ours.containsAll(program.mapIds())) {
        throw new IOException(program + " uses a map that is not among them");
      }
    }
  }

  /**
   * The account of its rings, for so many words; owned by the caller.
   *
   * @throws StartException {@code TAMPERED} if it is not there or has another shape
   */
  public PinnedAccount account(int words) throws StartException {
    return directory
        .map(ACCOUNT)
        .flatMap(map -> PinnedAccount.open(map, words))
        .orElseThrow(
            () ->
                new StartException(
                    FailureReason.TAMPERED,
                    "The pinned account of program "
                        + manifest.uid()
                        + " is gone or has another shape; remove its pin directory, it is loaded again."));
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
