package dev.whistler.testbed.cluster;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/**
 * An image of this machine's static busybox and nothing else. It sleeps, so that it holds pods
 * together, and its shell serves in tests.
 */
public final class BusyboxImage {

  /** The name under which {@link #write} archives it. */
  public static final String NAME = "localhost/busybox:1";

  /** Where Debian's package busybox-static has it. */
  static final Path BINARY = Path.of("/bin/busybox");

  /** Each is a copy of its own: layers of jib hold no links, and busybox goes by its name. */
  private static final List<String> COMMANDS = List.of("busybox", "sh", "cat", "sleep", "ls", "nc");

  private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");
  private static final FilePermissions ANYBODYS = FilePermissions.fromOctalString("777");

  private BusyboxImage() {}

  /** Writes the image as {@code docker save} does and yields the file. */
  public static Path write(Path file) throws IOException {
    try (TemporaryDirectory work = TemporaryDirectory.create("whistler-busybox-")) {
      FileEntriesLayer.Builder layer = FileEntriesLayer.builder();
      layer.addEntry(work.path(), AbsoluteUnixPath.get("/tmp"), ANYBODYS);
      for (String command : COMMANDS) {
        layer.addEntry(BINARY, AbsoluteUnixPath.get("/bin").resolve(command), EXECUTABLE);
      }
      var _ =
          Jib.fromScratch()
              .setPlatforms(Set.of(new Platform(architecture(), "linux")))
              .setEntrypoint("/bin/sleep", "2147483647")
              .addFileEntriesLayer(layer.build())
              .containerize(
                  Containerizer.to(TarImage.at(file).named(ImageReference.parse(NAME)))
                      .setOfflineMode(true)
                      .setBaseImageLayersCache(work.path())
                      .setApplicationLayersCache(work.path()));
      return file;
    } catch (RegistryException
        | CacheDirectoryCreationException
        | ExecutionException
        | InvalidImageReferenceException e) {
      throw new IOException("The image of busybox cannot be written: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while the image of busybox was written.", e);
    }
  }

  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
  }
}
