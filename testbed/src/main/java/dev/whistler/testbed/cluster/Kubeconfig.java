package dev.whistler.testbed.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A kubeconfig file for one bearer token.
 *
 * @param server URL of the API server
 * @param caData base64 of the PEM certificates by which it is trusted
 * @param token bearer token
 */
public record Kubeconfig(String server, String caData, String token) {
  /** For a client that is to find no API server: nobody listens on the port for "discard". */
  public static final String OF_NO_SERVER =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: none, cluster: {server: "http://127.0.0.1:9"}}]
      users: [{name: none, user: {token: none}}]
      contexts: [{name: none, context: {cluster: none, user: none}}]
      current-context: none
      """;

  /** The file's content. */
  String text() {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: whistler
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: user
      user:
        token: %s
    contexts:
    - name: whistler
      context: {cluster: whistler, user: user}
    current-context: whistler
    """
        .formatted(server, caData, token);
  }

  /** Writes the file, readable by its owner only. */
  Path write(Path file) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(file, text());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ".", e);
    }
  }
}
