package dev.whistler.runtime.adopt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * What the pins of a program are. It is kept as the one element of a frozen, pinned array, since a
 * BPF file system holds no ordinary files; being pinned last, it says that the pins are complete.
 *
 * @param version 2
 * @param uid of the program
 * @param revision that runs
 * @param objectDigest hex SHA-256 of the object
 * @param maps symbols of the maps pinned as {@code map-0}, {@code map-1}, …
 * @param programs symbols of the programs pinned as {@code prog-0}, {@code prog-1}, …
 * @param links program and place of the links pinned as {@code link-0}, {@code link-1}, …
 * @param sinks names of the sinks in the order of the account
 */
public record Manifest(
    int version,
    String uid,
    long revision,
    String objectDigest,
    List<String> maps,
    List<String> programs,
    List<String> links,
    List<String> sinks) {
  public static final int VERSION = 2;
  private static final int MAX_BYTES = 1 << 20;
  private static final JsonMapper JSON = new JsonMapper();

  public Manifest {
    maps = List.copyOf(maps);
    programs = List.copyOf(programs);
    links = List.copyOf(links);
    sinks = List.copyOf(sinks);
  }

  /** A frozen map that holds it. */
  BpfMap toMap() {
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts and numbers has a JSON form", e);
    }
    BpfMap map = BpfMap.create(MapSpec.of("whistler_mfst", MapType.ARRAY, 4, json.length, 1));
    try {
      map.update(new byte[4], json);
      map.freeze();
      return map;
    } catch (RuntimeException e) {
      map.close();
      throw e;
    }
  }

  /**
   * @param map the pinned map
   * @throws IOException if it holds no manifest of this version
   */
  static Manifest read(BpfMap map) throws IOException {
    if (map.type() != MapType.ARRAY || map.valueSize() > MAX_BYTES) {
      throw new IOException("it is " + map);
    }
    byte[] json = Objects.requireNonNull(map.lookup(new byte[4]), "an array has every index");
    Manifest manifest = JSON.readValue(json, Manifest.class);
    if (manifest.version != VERSION) {
      throw new IOException("it has version " + manifest.version);
    }
    return manifest;
  }
}
