package dev.whistler.runtime.adopt;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A revision that is being pinned beside the one whose place it takes. Its programs are pinned
 * before the first place is given to one of them: that is the record of what is intended, by which
 * a process that takes over half way knows whose the programs are that it finds running. Its
 * manifest is pinned last, when every place runs it.
 */
public final class Staging {
  static final String ACCOUNT = "account";
  static final String MAP = "map-";
  static final String PROGRAM = "prog-";

  /** Text of the schema. */
  static final String SCHEMA = "schema";

  /** What the caller wants to know of it later. */
  static final String NOTE = "note";

  /** Whose place the revision takes. */
  static final String INTENT = "intent";

  /** A line for each program and place that has no link. */
  static final String UNLINKED = "unlinked";

  private final PinDirectory directory;
  private final List<String> maps = new ArrayList<>();
  private final List<String> programs = new ArrayList<>();

  private Staging(PinDirectory directory) {
    this.directory = directory;
  }

  /**
   * Begins beside the pins of a program; until {@link ProgramPins#swap} they stay what they are.
   *
   * @param schema the text of its schema
   * @param note what the caller wants to know of it later; may be empty
   * @throws StartException {@code LOAD_FAILED} if the file system does not take the pins
   */
  public static Staging begin(
      ProgramPins pins,
      byte[] schema,
      byte[] note,
      PinnedAccount account,
      Map<String, BpfMap> maps,
      Map<String, BpfProgram> programs)
      throws StartException {
    Staging staging = new Staging(pins.makeNext());
    try {
      String replaced = Integer.toString(pins.manifestId());
      Frozen.pin(staging.directory, INTENT, replaced.getBytes(StandardCharsets.US_ASCII));
      Frozen.pin(staging.directory, SCHEMA, schema);
      if (note.length > 0) {
        Frozen.pin(staging.directory, NOTE, note);
      }
      staging.directory.pin(account.map(), ACCOUNT);
      staging.pin(maps, programs);
    } catch (BpfException e) {
      throw refused(e);
    }
    return staging;
  }

  private void pin(Map<String, BpfMap> someMaps, Map<String, BpfProgram> somePrograms) {
    someMaps.forEach(
        (name, map) -> {
          if (!maps.contains(name)) {
            directory.pin(map, MAP + maps.size());
            maps.add(name);
          }
        });
    somePrograms.forEach(
        (name, program) -> {
          if (!programs.contains(name)) {
            directory.pin(program, PROGRAM + programs.size());
            programs.add(name);
          }
        });
  }

  /**
   * Pins what has come since, and says that this is all.
   *
   * @param parts the rest of the manifest
   * @param unlinked program and place of what has no link
   * @param moreMaps with those that are pinned already
   * @param morePrograms with those that are pinned already
   */
  public void complete(
      Manifest parts,
      List<String> unlinked,
      Map<String, BpfMap> moreMaps,
      Map<String, BpfProgram> morePrograms,
      Map<String, BpfLink> links)
      throws StartException {
    try {
      pin(moreMaps, morePrograms);
      if (!unlinked.isEmpty()) {
        String lines = String.join("\n", unlinked);
        Frozen.pin(directory, UNLINKED, lines.getBytes(StandardCharsets.UTF_8));
      }
      List<String> keys = new ArrayList<>();
      links.forEach(
          (key, link) -> {
            directory.pin(link, ProgramPins.LINK + keys.size());
            keys.add(key);
          });
      try (BpfMap map = parts.of(maps, programs, keys).toMap()) {
        directory.pin(map, ProgramPins.MANIFEST);
      }
    } catch (BpfException e) {
      throw refused(e);
    }
  }

  private static StartException refused(BpfException cause) {
    return new StartException(
        FailureReason.LOAD_FAILED,
        "The program cannot be pinned: "
            + cause.getMessage()
            + "; the pin directory must be on a BPF file system with room.",
        "",
        cause);
  }
}
