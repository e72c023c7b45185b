package dev.whistler.runtime;

import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapEntries;
import dev.whistler.tier.Tier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to run: an object, who it is, where it attaches and where its records go. Begin with
 * {@link #of} and add what is needed.
 *
 * @param object the ELF object, as the compiler wrote it
 * @param attach targets for programs whose sections do not say where
 * @param sinks destinations; with none, records are decoded and counted only
 * @param maps entries to write before anything is attached
 * @param pinDirectory directory on a BPF file system that is ours alone; null: nothing survives the
 *     process
 * @param listener called for every decoded record on the reading thread; must not block
 * @param records if not null, an object of another compiler will do: its schema is derived from its
 *     sections, maps and types; by ring, the struct of its records, without which they are bytes
 * @param tier what the object may do; it is checked before anything of it is loaded
 * @param note what the caller wants to know of the program when a later process finds it pinned,
 *     see {@link Runtime#note}; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // the object is large and never compared
public record RunRequest(
    byte[] object,
    Identity identity,
    List<AttachTarget> attach,
    List<SinkSpec> sinks,
    List<MapEntries> maps,
    @Nullable Path pinDirectory,
    Limits limits,
    RecordListener listener,
    @Nullable Map<String, String> records,
    Tier tier,
    byte[] note) {

  private static final byte[] NO_NOTE = {};

  public RunRequest {
    attach = List.copyOf(attach);
    sinks = List.copyOf(sinks);
    maps = List.copyOf(maps);
    records = records == null ? null : Map.copyOf(records);
  }

  /** A request for the tier {@code unrestricted}. */
  public static RunRequest of(byte[] object, Identity identity) {
    return new RunRequest(
        object,
        identity,
        List.of(),
        List.of(),
        List.of(),
        null,
        Limits.DEFAULT,
        RecordListener.NONE,
        null,
        Tier.UNRESTRICTED,
        NO_NOTE);
  }

  /** The same under another name, as that of an earlier revision. */
  RunRequest withIdentity(Identity other) {
    return new RunRequest(
        object, other, attach, sinks, maps, pinDirectory, limits, listener, records, tier, note);
  }

  public RunRequest withAttach(List<AttachTarget> targets) {
    return new RunRequest(
        object,
        identity,
        targets,
        sinks,
        maps,
        pinDirectory,
        limits,
        listener,
        records,
        tier,
        note);
  }

  public RunRequest withSinks(List<SinkSpec> destinations) {
    return new RunRequest(
        object,
        identity,
        attach,
        destinations,
        maps,
        pinDirectory,
        limits,
        listener,
        records,
        tier,
        note);
  }

  public RunRequest withMaps(List<MapEntries> entries) {
    return new RunRequest(
        object,
        identity,
        attach,
        sinks,
        entries,
        pinDirectory,
        limits,
        listener,
        records,
        tier,
        note);
  }

  public RunRequest withPinDirectory(Path directory) {
    return new RunRequest(
        object, identity, attach, sinks, maps, directory, limits, listener, records, tier, note);
  }

  public RunRequest withLimits(Limits bounds) {
    return new RunRequest(
        object, identity, attach, sinks, maps, pinDirectory, bounds, listener, records, tier, note);
  }

  public RunRequest withListener(RecordListener recordListener) {
    return new RunRequest(
        object,
        identity,
        attach,
        sinks,
        maps,
        pinDirectory,
        limits,
        recordListener,
        records,
        tier,
        note);
  }

  /**
   * Takes an object of another compiler too. What finds one of its rings full is not counted.
   *
   * @param structs by ring, the struct of its records; others carry bytes
   */
  public RunRequest withDerivedSchema(Map<String, String> structs) {
    return new RunRequest(
        object, identity, attach, sinks, maps, pinDirectory, limits, listener, structs, tier, note);
  }

  public RunRequest withNote(byte[] text) {
    return new RunRequest(
        object, identity, attach, sinks, maps, pinDirectory, limits, listener, records, tier, text);
  }

  public RunRequest withTier(Tier allowed) {
    return new RunRequest(
        object,
        identity,
        attach,
        sinks,
        maps,
        pinDirectory,
        limits,
        listener,
        records,
        allowed,
        note);
  }
}
