package dev.whistler.testbed;

import java.nio.file.Path;

/** Where things that are slow to make are kept outside the repository, from run to run. */
public final class UserCache {
  private UserCache() {}

  /** {@code whistler} in the user's cache folder, {@code $XDG_CACHE_HOME} or {@code ~/.cache}. */
  public static Path directory() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("whistler");
  }
}
