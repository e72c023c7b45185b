package dev.whistler.testbed.install;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.ClusterNode;
import dev.whistler.testbed.image.Component;
import dev.whistler.testbed.image.Images;
import dev.whistler.testbed.process.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The images of operator and agent as archives, for nodes that have no registry to pull them from.
 *
 * @param directory holds {@code operator.tar} and {@code agent.tar}
 */
public record LocalImages(Path directory) {

  private static final String PROPERTY = "whistler.images";

  /**
   * Those in the directory that the system property {@code whistler.images} names, else those of
   * this repository's last build, made if it is newer than they are.
   *
   * @throws dev.whistler.testbed.image.ImageException when this machine cannot make them
   */
  public static LocalImages find(Repository repository, Progress progress) {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      return new LocalImages(Path.of(named));
    }
    LocalImages images = new LocalImages(repository.root().resolve("testbed/target/images"));
    try {
      if (!images.areCurrent(repository)) {
        progress.say("building the images of operator and agent");
        Images.buildInto(images.directory, progress);
      }
      return images;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write images into " + images.directory + ".", e);
    }
  }

  private boolean areCurrent(Repository repository) throws IOException {
    for (Component component : Component.values()) {
      Path archive = archive(component);
      Path application =
          repository.root().resolve(component.module()).resolve("target/quarkus-app");
      if (!Files.exists(archive) || hasNewer(application, archive)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasNewer(Path directory, Path archive) throws IOException {
    long made = Files.getLastModifiedTime(archive).toMillis();
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .anyMatch(file -> file.toFile().lastModified() > made);
    }
  }

  private Path archive(Component component) {
    return directory.resolve(component.imageName() + ".tar");
  }

  /** Loads both into a node. */
  public void loadInto(ClusterNode node, Progress progress) {
    for (Component component : Component.values()) {
      node.load(archive(component));
      progress.say("node " + node.name() + " has the image of " + component.imageName());
    }
  }
}
