package dev.whistler.runtime;

import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapEntries;
import java.nio.file.Path;
import java.util.List;
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
    RecordListener listener) {

  public RunRequest {
    attach = List.copyOf(attach);
    sinks = List.copyOf(sinks);
    maps = List.copyOf(maps);
  }

  public static RunRequest of(byte[] object, Identity identity) {
    return new RunRequest(
        object,
        identity,
        List.of(),
        List.of(),
        List.of(),
        null,
        Limits.DEFAULT,
        RecordListener.NONE);
  }

  public RunRequest withAttach(List<AttachTarget> targets) {
    return new RunRequest(object, identity, targets, sinks, maps, pinDirectory, limits, listener);
  }

  public RunRequest withSinks(List<SinkSpec> destinations) {
    return new RunRequest(
        object, identity, attach, destinations, maps, pinDirectory, limits, listener);
  }

  public RunRequest withMaps(List<MapEntries> entries) {
    return new RunRequest(object, identity, attach, sinks, entries, pinDirectory, limits, listener);
  }

  public RunRequest withPinDirectory(Path directory) {
    return new RunRequest(object, identity, attach, sinks, maps, directory, limits, listener);
  }

  public RunRequest withLimits(Limits bounds) {
    return new RunRequest(object, identity, attach, sinks, maps, pinDirectory, bounds, listener);
  }

  public RunRequest withListener(RecordListener records) {
    return new RunRequest(object, identity, attach, sinks, maps, pinDirectory, limits, records);
  }
}
