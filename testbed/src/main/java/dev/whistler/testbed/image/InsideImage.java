package dev.whistler.testbed.image;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs what is inside an {@link ImageRoot} as if it were started in the image: the folder is the
 * root, there is no network, and {@code /tmp} vanishes. Nothing is mounted outside of the process.
 */
final class InsideImage {
  private static final String ENTER =
      """
      set -e
      mount --rbind /proc "$0/proc"
      mount -t tmpfs tmpfs "$0/tmp"
      mount -t tmpfs tmpfs "$0/dev"
      for device in null zero random urandom; do
        : > "$0/dev/$device"
        mount --bind "/dev/$device" "$0/dev/$device"
      done
      exec chroot "$0" "$@"
      """;

  private InsideImage() {}

  /** The command for this machine that runs a command of the image. */
  static List<String> command(ImageRoot root, List<String> inside) {
    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "--net"));
    if (!"root".equals(System.getProperty("user.name"))) {
      words.add("--map-root-user");
    }
    words.addAll(List.of("--propagation", "private", "sh", "-c", ENTER, root.folder().toString()));
    words.addAll(inside);
    return List.copyOf(words);
  }
}
