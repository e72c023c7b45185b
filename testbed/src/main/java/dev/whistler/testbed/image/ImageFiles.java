package dev.whistler.testbed.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Writes an {@link ImageRoot} as an image: what changes seldom is in layers of its own below what
 * changes often. All files belong to uid 0 and cannot be written by the process.
 *
 * @param base a reference of an image that takes the place of our own Debian layer; empty for none
 * @param cache a folder for layers, which may be deleted at any time
 */
record ImageFiles(Optional<String> base, Path cache) {

  /**
   * What was written.
   *
   * @param digest of the manifest in the OCI layout, {@code sha256:…}
   * @param bytes size of all compressed layers together
   */
  record Written(String digest, long bytes) {}

  /** A layer: its name in the history, and which paths in the image are in it. */
  private record Layer(String name, Predicate<String> holds) {}

  private static final List<Layer> LAYERS =
      List.of(
          new Layer("system", path -> !path.startsWith("opt/")),
          new Layer("java run-time", path -> path.startsWith(ImageRoot.JAVA + "/")),
          new Layer("libraries", path -> isIn(ImageRoot.LIBRARIES, path) && !isOurs(path)),
          new Layer(
              "application",
              path ->
                  isIn(ImageRoot.APPLICATION, path)
                      && (!isIn(ImageRoot.LIBRARIES, path) || isOurs(path))
                      && !path.equals(ImageRoot.CLASS_CACHE)),
          new Layer("class cache", ImageRoot.CLASS_CACHE::equals));

  private static boolean isIn(String folder, String path) {
    return path.startsWith(folder + "/");
  }

  private static boolean isOurs(String path) {
    return path.contains("/dev.whistler.");
  }

  /**
   * Writes {@code NAME/} (an OCI layout) and {@code NAME.tar} (a Docker archive) into a folder.
   *
   * @param reference name and tag under which {@code docker load} and {@code ctr images import}
   *     will know it
   */
  Written write(
      ImageRoot root,
      Component component,
      String reference,
      Map<String, String> labels,
      Path into) {
    Path layout = into.resolve(component.imageName());
    Path docker = into.resolve(component.imageName() + ".tar");
    Path oci = into.resolve(component.imageName() + ".oci.tmp");
    try {
      TemporaryDirectory.delete(layout);
      JibContainer container =
          containerize(root, component, reference, labels, ImageFormat.OCI, oci);
      unpack(oci, layout);
      Files.delete(oci);
      var _ = containerize(root, component, reference, labels, ImageFormat.Docker, docker);
      return new Written(container.getDigest().toString(), layersSize(layout));
    } catch (IOException
        | RegistryException
        | CacheDirectoryCreationException
        | ExecutionException
        | InvalidImageReferenceException e) {
      throw new ImageException("The image cannot be written: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException("Interrupted while the image was written.", e);
    }
  }

  private JibContainer containerize(
      ImageRoot root,
      Component component,
      String reference,
      Map<String, String> labels,
      ImageFormat format,
      Path tar)
      throws IOException,
          InterruptedException,
          RegistryException,
          CacheDirectoryCreationException,
          ExecutionException,
          InvalidImageReferenceException {
    JibContainerBuilder image =
        start()
            .setFormat(format)
            .setCreationTime(ImageRoot.TIME)
            .setUser(component.user() + ":" + component.user())
            .setEntrypoint(JavaCommand.entrypoint(component))
            .setExposedPorts(Port.tcp(component.port()))
            .setLabels(labels);
    for (Layer layer : LAYERS) {
      if (base.isEmpty() || !layer.name().equals("system")) {
        image.addFileEntriesLayer(entries(root, layer));
      }
    }
    return image.containerize(
        Containerizer.to(TarImage.at(tar).named(ImageReference.parse(reference)))
            .setOfflineMode(base.isEmpty())
            .setBaseImageLayersCache(cache.resolve("base"))
            .setApplicationLayersCache(cache.resolve("application")));
  }

  private JibContainerBuilder start() throws InvalidImageReferenceException {
    JibContainerBuilder image = base.isPresent() ? Jib.from(base.get()) : Jib.fromScratch();
    return image.setPlatforms(Set.of(new Platform(architecture(), "linux")));
  }

  /** As OCI calls it. */
  static String architecture() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return name.equals("aarch64") ? "arm64" : name;
  }

  private static FileEntriesLayer entries(ImageRoot root, Layer layer) throws IOException {
    FileEntriesLayer.Builder entries = FileEntriesLayer.builder().setName(layer.name());
    for (Path file : Trees.content(root.folder())) {
      String path = root.folder().relativize(file).toString();
      if (layer.holds().test(path)) {
        entries.addEntry(
            file,
            AbsoluteUnixPath.get("/" + path),
            FilePermissions.fromOctalString(mode(file, path)),
            ImageRoot.TIME,
            "0:0");
      }
    }
    return entries.build();
  }

  private static String mode(Path file, String path) {
    if (path.equals("tmp")) {
      return "777";
    }
    return Files.isDirectory(file) || Files.isExecutable(file) ? "755" : "644";
  }

  private static void unpack(Path tar, Path into) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(tar));
        TarArchiveInputStream in = new TarArchiveInputStream(file)) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException(entry.getName() + " leads out of the archive");
        }
        if (!entry.isDirectory()) {
          Files.createDirectories(Objects.requireNonNull(target.getParent()));
          Files.copy(in, target);
        }
      }
    }
  }

  /** Blobs but the manifest and the configuration, which are a few kilobytes. */
  private static long layersSize(Path layout) throws IOException {
    long sum = 0;
    for (Path blob : Trees.content(layout.resolve("blobs"))) {
      sum += Files.isRegularFile(blob) ? Files.size(blob) : 0;
    }
    return sum;
  }
}
