package dev.whistler.operator.cluster;

import dev.whistler.crds.Group;
import dev.whistler.crds.SourceReference.ConfigMapKey;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.operator.model.ProgramSource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the labelled ConfigMaps of the operator's namespace hold, reduced to texts that can be
 * programs; of what cannot, the reason only. Safe for use by several threads.
 */
final class KnownSources {
  private final String namespace;
  private final Map<String, Map<String, ProgramSource>> configMaps = new ConcurrentHashMap<>();

  /** None is known. */
  KnownSources(String namespace) {
    this.namespace = namespace;
  }

  int count() {
    return configMaps.size();
  }

  /** Takes a ConfigMap as it is now; whether a program can see a difference. */
  boolean written(ConfigMap configMap) {
    String name = configMap.getMetadata().getName();
    Map<String, ProgramSource> keys = new HashMap<>();
    Objects.requireNonNullElse(configMap.getBinaryData(), Map.<String, String>of())
        .keySet()
        .forEach(key -> keys.put(key, binary(name, key)));
    Objects.requireNonNullElse(configMap.getData(), Map.<String, String>of())
        .forEach((key, text) -> keys.put(key, source(name, key, text)));
    return !keys.equals(configMaps.put(name, Map.copyOf(keys)));
  }

  /** It is gone, or its label is; whether it was known. */
  boolean deleted(String name) {
    return configMaps.remove(name) != null;
  }

  /** What a key of a ConfigMap holds. */
  ProgramSource of(ConfigMapKey reference) {
    return Optional.ofNullable(configMaps.get(reference.name()))
        .map(
            keys ->
                Optional.ofNullable(keys.get(reference.key())).orElseGet(() -> noKey(reference)))
        .orElseGet(() -> noConfigMap(reference.name()));
  }

  private ProgramSource source(String configMap, String key, String text) {
    if (text.isEmpty()) {
      return new ProgramSource.Unavailable(
          called(configMap, key) + " is empty; put the program's text there.");
    }
    // What is too long already in characters need not be encoded to be counted.
    int bytes =
        text.length() > WhistlerProgramSpec.MAX_SOURCE_BYTES
            ? text.length()
            : text.getBytes(StandardCharsets.UTF_8).length;
    return bytes <= WhistlerProgramSpec.MAX_SOURCE_BYTES
        ? new ProgramSource.Text(text)
        : new ProgramSource.Unavailable(
            called(configMap, key)
                + " is longer than the 128 KiB that a program may have; move common definitions"
                + " out or split the program.");
  }

  private ProgramSource binary(String configMap, String key) {
    return new ProgramSource.Unavailable(
        called(configMap, key)
            + " is under binaryData, which is no text; put the program under data, in UTF-8.");
  }

  private ProgramSource noKey(ConfigMapKey reference) {
    return new ProgramSource.Unavailable(
        called(reference.name(), reference.key())
            + " is missing; put the program's text there, or name the key that has it.");
  }

  /** One sentence for both: those without the label are none of our business, and not watched. */
  private ProgramSource noConfigMap(String name) {
    return new ProgramSource.Unavailable(
        "There is no ConfigMap "
            + name
            + " with the label "
            + Group.SOURCE_LABEL
            + " in the namespace "
            + namespace
            + "; create it, or label the one that is there.");
  }

  private String called(String configMap, String key) {
    return "The key " + key + " of the ConfigMap " + configMap + " in the namespace " + namespace;
  }
}
