package dev.whistler.testbed.image;

import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Debian packages, unpacked. Their maintainer scripts never run; what they would do is done by
 * {@link ImageRoot}. Kept in a cache outside the repository, by name, version and architecture.
 *
 * @param cache a folder that may be created
 */
record DebianPackages(Path cache) {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern FIELD = Pattern.compile("(?m)^(\\w+): (.*)$");

  /**
   * One package.
   *
   * @param name for instance {@code libc6}
   * @param version with its Debian revision
   * @param architecture {@code amd64}, {@code arm64} or {@code all}
   * @param control its control file, as in the archive
   * @param files its content
   */
  record DebianPackage(
      String name, String version, String architecture, String control, Path files) {}

  /** The newest versions that this machine's package lists know. */
  List<DebianPackage> fetch(List<String> names) {
    List<DebianPackage> fetched = new ArrayList<>();
    for (String name : names) {
      try {
        fetched.add(fetchOrUpdate(name));
      } catch (IOException e) {
        throw new ImageException(
            "The package " + name + " cannot be unpacked below " + cache + ": " + e.getMessage(),
            e);
      }
    }
    return fetched;
  }

  /** Lists that are old name versions that the archive has no more. */
  private DebianPackage fetchOrUpdate(String name) throws IOException {
    try {
      return fetch(name);
    } catch (ImageException oldLists) {
      HostTool.run(LIMIT, cache, List.of("apt-get", "-qq", "update"));
      return fetch(name);
    }
  }

  private DebianPackage fetch(String name) throws IOException {
    Files.createDirectories(cache);
    String candidate = candidate(name);
    Path unpacked = cache.resolve((name + "_" + candidate).replaceAll("[^\\w.+~-]", "_"));
    if (!Files.isDirectory(unpacked)) {
      Path work = Files.createTempDirectory(cache, "unpack-");
      try {
        HostTool.run(
            LIMIT,
            work,
            List.of(
                "apt-get", "-o", "APT::Sandbox::User=root", "download", name + "=" + candidate));
        String archive = onlyFile(work).toString();
        Files.createDirectory(work.resolve("new"));
        HostTool.run(LIMIT, work, List.of("dpkg-deb", "--extract", archive, "new/files"));
        HostTool.run(LIMIT, work, List.of("dpkg-deb", "--control", archive, "new/control"));
        Files.move(work.resolve("new"), unpacked, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        TemporaryDirectory.delete(work);
      }
    }
    String control = Files.readString(unpacked.resolve("control/control"));
    return new DebianPackage(
        name,
        field(control, "Version"),
        field(control, "Architecture"),
        control,
        unpacked.resolve("files"));
  }

  private String candidate(String name) {
    String policy =
        HostTool.run(LIMIT, cache, Map.of("LC_ALL", "C"), List.of("apt-cache", "policy", name));
    Matcher candidate = Pattern.compile("(?m)^ +Candidate: (\\S+)$").matcher(policy);
    if (!candidate.find() || candidate.group(1).equals("(none)")) {
      throw new ImageException(
          "No package "
              + name
              + " is known on this machine: run apt-get update (Debian 12 or newer).");
    }
    return candidate.group(1);
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findFirst().orElseThrow(() -> new IOException("nothing was downloaded"));
    }
  }

  private static String field(String control, String name) {
    return FIELD
        .matcher(control)
        .results()
        .filter(match -> match.group(1).equals(name))
        .map(match -> match.group(2))
        .findFirst()
        .orElseThrow(() -> new ImageException("A control file has no field " + name + "."));
  }
}
