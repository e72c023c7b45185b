package dev.whistler.testbed.image;

import dev.whistler.testbed.image.DebianPackages.DebianPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.generators.BomGeneratorFactory;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.Metadata;

/**
 * The bill of materials of an image, as CycloneDX 1.6 JSON: each Debian package, the Java run-time
 * and each jar with its SHA-256. It speaks of the files that are in the image, not of what a build
 * asked for.
 */
final class Sbom {
  private Sbom() {}

  /**
   * @param dependencies the list that Quarkus writes beside the application: {@code
   *     group:artifact:classifier:type:version} a line
   */
  static byte[] of(Component component, String version, ImageRoot root, Path dependencies) {
    try {
      Bom bom = new Bom();
      Metadata metadata = new Metadata();
      metadata.setTimestamp(Date.from(ImageRoot.TIME));
      metadata.setComponent(
          component(
              org.cyclonedx.model.Component.Type.CONTAINER,
              "whistler-" + component.imageName(),
              version,
              "pkg:oci/whistler-" + component.imageName() + "@" + version));
      bom.setMetadata(metadata);
      List<org.cyclonedx.model.Component> parts = new ArrayList<>();
      root.packages().forEach(debian -> parts.add(of(debian)));
      parts.add(java());
      parts.addAll(jars(root, Files.readAllLines(dependencies)));
      bom.setComponents(parts);
      String content =
          parts.stream().map(part -> part.getPurl() + part.getHashes()).toList() + version;
      bom.setSerialNumber(
          "urn:uuid:" + UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8)));
      return BomGeneratorFactory.createJson(Version.VERSION_16, bom)
          .toJsonString()
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The bill of materials cannot be made.", e);
    } catch (GeneratorException e) {
      throw new ImageException("The bill of materials cannot be made: " + e.getMessage(), e);
    }
  }

  private static org.cyclonedx.model.Component of(DebianPackage debian) {
    return component(
        org.cyclonedx.model.Component.Type.LIBRARY,
        debian.name(),
        debian.version(),
        "pkg:deb/debian/%s@%s?arch=%s"
            .formatted(
                debian.name(),
                debian.version().replace("+", "%2B").replace(":", "%3A"),
                debian.architecture()));
  }

  private static org.cyclonedx.model.Component java() {
    String version = Runtime.version().toString();
    return component(
        org.cyclonedx.model.Component.Type.FRAMEWORK,
        "openjdk",
        version,
        "pkg:generic/openjdk@" + version.replace("+", "%2B"));
  }

  private static List<org.cyclonedx.model.Component> jars(ImageRoot root, List<String> dependencies)
      throws IOException {
    Map<String, String[]> known = new HashMap<>();
    for (String line : dependencies) {
      String[] words = line.split(":", -1);
      if (words.length == 5) {
        String classifier = words[2].isEmpty() ? "" : "-" + words[2];
        known.put(words[0] + "." + words[1] + "-" + words[4] + classifier + ".jar", words);
      }
    }
    List<org.cyclonedx.model.Component> jars = new ArrayList<>();
    for (Path jar : root.jars()) {
      String name = ImageRoot.name(jar);
      String[] words = known.get(name);
      org.cyclonedx.model.Component part =
          words == null
              ? component(
                  org.cyclonedx.model.Component.Type.FILE, name, "", "pkg:generic/whistler/" + name)
              : component(
                  org.cyclonedx.model.Component.Type.LIBRARY,
                  words[1],
                  words[4],
                  "pkg:maven/%s/%s@%s?type=jar".formatted(words[0], words[1], words[4]));
      if (words != null) {
        part.setGroup(words[0]);
      }
      part.addHash(new Hash(Hash.Algorithm.SHA_256, sha256(jar)));
      jars.add(part);
    }
    return jars;
  }

  private static org.cyclonedx.model.Component component(
      org.cyclonedx.model.Component.Type type, String name, String version, String purl) {
    org.cyclonedx.model.Component component = new org.cyclonedx.model.Component();
    component.setType(type);
    component.setName(name);
    if (!version.isEmpty()) {
      component.setVersion(version);
    }
    component.setPurl(purl);
    component.setBomRef(purl);
    return component;
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
