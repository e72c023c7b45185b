package dev.whistler.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.TreeMap;

/** The digest of everything that a compiled object depends on, apart from the kernel. */
public final class BuildDigest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private BuildDigest() {}

  /** What is digested, as JSON in this order. */
  private record Inputs(
      String program,
      String sourceDigest,
      Tier tier,
      Map<String, String> knobs,
      boolean scoped,
      boolean costSampled) {}

  /**
   * The digest.
   *
   * @param program its name, which stands in the object's line information
   * @param sourceDigest SHA-256 of the program's text, 64 hex digits
   * @param knobs values by name
   * @param scoped whether only some pods are seen: the object asks at each entry
   * @param costSampled whether the object measures its run time
   * @return 64 hex digits
   */
  public static String of(
      String program,
      String sourceDigest,
      Tier tier,
      Map<String, String> knobs,
      boolean scoped,
      boolean costSampled) {
    try {
      return Digest.of(
              JSON.writeValueAsBytes(
                  new Inputs(
                      program, sourceDigest, tier, new TreeMap<>(knobs), scoped, costSampled)))
          .hex();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts have a JSON form", e);
    }
  }
}
