package dev.whistler.e2e.examples;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What files hold that people apply. */
public final class Manifests {
  private static final Pattern SEPARATOR = Pattern.compile("(?m)^---$");

  private Manifests() {}

  /** All resources of a file, in their order. */
  public static List<HasMetadata> in(Path file) throws IOException {
    return SEPARATOR
        .splitAsStream(Files.readString(file))
        .filter(document -> !document.isBlank())
        .map(document -> Serialization.<HasMetadata>unmarshal(document))
        .toList();
  }
}
