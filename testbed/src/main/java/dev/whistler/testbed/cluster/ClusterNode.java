package dev.whistler.testbed.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A node whose kubelet runs pods on this machine. */
public interface ClusterNode {

  /** Its name in the API. */
  String name();

  /**
   * Makes an image known to the node's container runtime, under the names in the archive; nothing
   * can be pulled here.
   *
   * @param dockerArchive a tar file as {@code docker save} writes
   */
  void load(Path dockerArchive);

  /**
   * The text of a file on the node, for instance in a pod's {@code hostPath}; empty while there is
   * none.
   *
   * @param path absolute path as a {@code hostPath} names it
   */
  Optional<String> read(String path);

  /** Who may do what with a file or directory of the node, such as {@code rwx------}. */
  String mode(String path);

  /**
   * Puts a file on the node, as an administrator does; directories on its way are made.
   *
   * @param path absolute path on the node
   */
  void write(String path, String text);

  /** Names of what is in a directory of the node; empty where there is none. */
  List<String> list(String directory);

  /** The node's switch, where the provider can take it down without the API server. */
  Optional<Power> power();

  /** Takes a node down and brings it back. */
  interface Power {

    /** Ends the kubelet and every container, as the loss of the machine does. */
    void off();

    /** Starts the kubelet again; returns when the node is Ready. */
    void on();
  }
}
