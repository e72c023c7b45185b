package dev.whistler.testbed.guest;

import dev.whistler.testbed.UserCache;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the newest Debian cloud kernel of a line, and keeps it unpacked in a cache outside the
 * repository.
 */
public final class GuestKernels {
  private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(3);
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path cache;

  /**
   * @param cache a folder that may be created, for instance {@code ~/.cache/whistler/kernels}
   */
  public GuestKernels(Path cache) {
    this.cache = cache;
  }

  /** The cache below the user's cache folder. */
  public static GuestKernels inUserCache() {
    return new GuestKernels(UserCache.directory().resolve("kernels"));
  }

  /**
   * The kernel of a line.
   *
   * @param line for instance {@code 6.1} or {@code 6.12}
   */
  public GuestKernel newest(String line) throws GuestException {
    String packageName = newestPackage(line);
    Path unpacked = cache.resolve(packageName);
    try {
      if (!Files.isDirectory(unpacked)) {
        unpack(packageName, unpacked);
      }
      try (var files = Files.list(unpacked.resolve("boot"))) {
        Path image =
            files
                .filter(f -> String.valueOf(f.getFileName()).startsWith("vmlinuz-"))
                .findFirst()
                .orElseThrow(() -> new GuestException(packageName + " holds no kernel image"));
        String release = String.valueOf(image.getFileName()).substring("vmlinuz-".length());
        return new GuestKernel(
            line, release, image, unpacked.resolve("lib").resolve("modules").resolve(release));
      }
    } catch (IOException e) {
      throw new GuestException("cannot unpack " + packageName + ": " + e.getMessage(), e);
    }
  }

  /** Old packages disappear from the archive, so the list is asked each time. */
  private static String newestPackage(String line) throws GuestException {
    Pattern name =
        Pattern.compile(
            "^(linux-image-%s\\.(\\d+)(?:-(\\d+))?(?:\\+\\w+)?-cloud-amd64) - .*"
                .formatted(Pattern.quote(line)),
            Pattern.MULTILINE);
    Matcher match =
        name.matcher(
            HostCommand.run(
                LIMIT, null, List.of("apt-cache", "search", "^linux-image-" + line + "\\.")));
    return match
        .results()
        .max(
            Comparator.<java.util.regex.MatchResult>comparingInt(m -> Integer.parseInt(m.group(2)))
                .thenComparingInt(m -> m.group(3) == null ? 0 : Integer.parseInt(m.group(3))))
        .map(m -> m.group(1))
        .orElseThrow(
            () ->
                new GuestException(
                    "no package linux-image-"
                        + line
                        + ".*-cloud-amd64 is listed; run apt-get update on a Debian 12 machine"));
  }

  private void unpack(String packageName, Path target) throws GuestException, IOException {
    Files.createDirectories(cache);
    Path work = Files.createTempDirectory(cache, "unpack");
    try {
      System.err.println("fetching " + packageName);
      HostCommand.run(
          DOWNLOAD_LIMIT,
          work,
          List.of("apt-get", "-o", "APT::Sandbox::User=root", "download", packageName));
      Path archive;
      try (var files = Files.list(work)) {
        archive = files.findFirst().orElseThrow(() -> new GuestException("nothing downloaded"));
      }
      Path content = Files.createDirectory(work.resolve("content"));
      HostCommand.run(LIMIT, null, List.of("dpkg", "-x", archive.toString(), content.toString()));
      Files.move(content, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      TemporaryDirectory.delete(work);
    }
  }

  /**
   * A kernel that can be booted.
   *
   * @param line for instance {@code 6.1}
   * @param release what {@code uname -r} says in it
   * @param image its bzImage
   * @param modules its folder of modules
   */
  public record GuestKernel(String line, String release, Path image, Path modules) {
    /**
     * The files of drivers in the order given; one without a file is built in. They may be
     * compressed.
     *
     * @param names for instance {@code virtio_net}
     */
    public List<Path> moduleFiles(List<String> names) throws GuestException {
      try (var files = Files.walk(modules)) {
        Map<String, Path> found =
            files
                .filter(file -> String.valueOf(file.getFileName()).contains(".ko"))
                .collect(
                    Collectors.toMap(
                        file -> String.valueOf(file.getFileName()).replaceAll("\\.ko.*", ""),
                        Function.identity(),
                        (first, second) -> first));
        return names.stream().filter(found::containsKey).map(found::get).toList();
      } catch (IOException e) {
        throw new GuestException("cannot list the modules of " + release, e);
      }
    }
  }
}
