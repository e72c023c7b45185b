package dev.whistler.runtime.adopt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
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
 * What only an update or this version needs to know has pins of its own, see {@link Staging}, so
 * that a version which does not know them adopts the rest.
 *
 * <p>Whoever changes it raises the version. Version, uid, revision and digest stay as they are, so
 * that each version of us knows the manifests of all others.
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
  private static final String NAME = "whistler_mfst";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  public Manifest {
    maps = List.copyOf(maps);
    programs = List.copyOf(programs);
    links = List.copyOf(links);
    sinks = List.copyOf(sinks);
  }

  /** The same of these objects. */
  Manifest of(List<String> itsMaps, List<String> itsPrograms, List<String> itsLinks) {
    return new Manifest(
        version, uid, revision, objectDigest, itsMaps, itsPrograms, itsLinks, sinks);
  }

  /** A frozen map that holds it. */
  BpfMap toMap() {
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts and numbers has a JSON form", e);
    }
    BpfMap map = BpfMap.create(MapSpec.of(NAME, MapType.ARRAY, 4, json.length, 1));
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
   * Reads what {@link #toMap} wrote, in this version of us or another.
   *
   * @param map the pinned map
   * @throws IOException if it holds no manifest of this program
   * @throws OtherVersionException if it holds one, but of another version
   */
  static Manifest read(BpfMap map, String uid) throws IOException, OtherVersionException {
    if (map.type() != MapType.ARRAY || !map.name().equals(NAME) || map.valueSize() > MAX_BYTES) {
      throw new IOException("the manifest is " + map);
    }
    byte[] json = Objects.requireNonNull(map.lookup(new byte[4]), "an array has every index");
    JsonNode tree = JSON.readTree(json);
    JsonNode version = tree.path("version");
    if (!version.isInt()
        || version.intValue() < 1
        || !tree.path("uid").isTextual()
        || !tree.path("revision").canConvertToLong()
        || !tree.path("objectDigest").isTextual()) {
      throw new IOException("the manifest is not whole");
    }
    if (!tree.path("uid").textValue().equals(uid)) {
      throw new IOException("they belong to program " + tree.path("uid").textValue());
    }
    if (version.intValue() != VERSION) {
      throw new OtherVersionException(version.intValue());
    }
    return JSON.treeToValue(tree, Manifest.class);
  }

  /** A manifest that an older or a newer version of us made. */
  static final class OtherVersionException extends Exception {
    private static final long serialVersionUID = 1;

    private final int version;

    OtherVersionException(int version) {
      super("the manifest has version " + version);
      this.version = version;
    }

    int version() {
      return version;
    }
  }
}
