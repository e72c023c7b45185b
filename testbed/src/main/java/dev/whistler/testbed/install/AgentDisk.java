package dev.whistler.testbed.install;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.guest.GuestDisk;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.guest.GuestMachine;
import dev.whistler.testbed.guest.GuestRoot;
import dev.whistler.testbed.image.Images;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The root disk of nodes that are guests: the files of the agent's image, and what a container
 * run-time would do for it beside them. Made once for each build of the agent and kept outside the
 * repository.
 */
final class AgentDisk {

  /** Sets the capabilities, which is the container run-time's work. */
  static final String SETPRIV = "/setpriv";

  /** Changes when what is said here about the disk's content does. */
  private static final String FORMAT = "2";

  private static final String HOSTS =
      """
      127.0.0.1 localhost
      %s %s
      """
          .formatted(GuestMachine.HOST, GuestNode.API_SERVER);

  private AgentDisk() {}

  /**
   * The disk for the agent that the build left.
   *
   * @param cache where what is slow to make is kept
   */
  static Path of(Repository repository, Path cache) throws GuestException {
    Path application =
        QuarkusProcess.jar(repository.root(), "node-agent").toAbsolutePath().resolveSibling("");
    try {
      return GuestDisk.cached(
          cache.resolve("guests"), "agent", key(repository, application), AgentDisk::fill);
    } catch (IOException e) {
      throw new GuestException("cannot read the agent in " + application, e);
    }
  }

  /** A digest of all that the image is made from. */
  private static String key(Repository repository, Path application) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
    digest.update((FORMAT + Runtime.version()).getBytes(StandardCharsets.UTF_8));
    Path recipe = repository.root().resolve("testbed/src/main");
    for (Path folder :
        new Path[] {
          application,
          recipe.resolve("java/dev/whistler/testbed/image"),
          recipe.resolve("resources/dev/whistler/testbed/image")
        }) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(AgentDisk::belongs).sorted().toList()) {
          digest.update(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
          try (var content = new DigestInputStream(Files.newInputStream(file), digest)) {
            var _ = content.transferTo(OutputStream.nullOutputStream());
          }
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 10);
  }

  /** The class cache beside the jar is that of another run-time. */
  private static boolean belongs(Path file) {
    return Files.isRegularFile(file)
        && !String.valueOf(file.getFileName()).startsWith("classes.aot");
  }

  private static void fill(GuestRoot root) throws GuestException {
    try (TemporaryDirectory images = TemporaryDirectory.create("whistler-image-")) {
      int status =
          new CommandLine(new Images())
              .execute("--only", "AGENT", "--unpacked", "--output", images.path().toString());
      if (status != 0) {
        throw new GuestException("the agent's image cannot be built; see above");
      }
      var _ =
          root.addAll(images.path().resolve("agent.root"))
              .addProgram(Path.of("/usr/bin/setpriv"), SETPRIV.substring(1));
      Files.writeString(root.folder().resolve("etc/hosts"), HOSTS);
    } catch (IOException e) {
      throw new GuestException("cannot fill the agent's disk: " + e.getMessage(), e);
    }
  }
}
