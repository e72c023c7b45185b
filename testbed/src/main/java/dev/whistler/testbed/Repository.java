package dev.whistler.testbed;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this repository's own files are, whichever directory the caller stands in. */
public record Repository(Path root) {

  private static final String MARK = "testbed/cluster/go.mod";

  /**
   * The directory named by the system property {@code whistler.root} (set by {@code ./whistler}),
   * else the nearest one above the working directory that holds this repository.
   */
  public static Repository find() {
    String home = System.getProperty("whistler.root");
    if (home != null) {
      return new Repository(Path.of(home).toAbsolutePath().normalize());
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve(MARK))) {
        return new Repository(at);
      }
    }
    throw new IllegalStateException(
        "No Whistler repository above the working directory: run inside the clone, or pass"
            + " -Dwhistler.root=DIRECTORY.");
  }

  /** The Go module whose tools are the Kubernetes servers. */
  public Path clusterModule() {
    return root.resolve("testbed/cluster");
  }

  /** One of the programs in {@code examples}, by file name. */
  public Path example(String fileName) {
    return root.resolve("examples").resolve(fileName);
  }
}
