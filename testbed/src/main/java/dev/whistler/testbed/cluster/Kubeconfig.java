package dev.whistler.testbed.cluster;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ClusterBuilder;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
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
  private static final String NAME = "whistler";

  /** For a client that is to find no API server: nobody listens on the port for "discard". */
  public static final String OF_NO_SERVER =
      text(
          new ClusterBuilder().withServer("http://127.0.0.1:9").build(),
          new AuthInfoBuilder().withToken("none").build());

  /** The file's content. */
  String text() {
    return text(
        new ClusterBuilder().withServer(server).withCertificateAuthorityData(caData).build(),
        new AuthInfoBuilder().withToken(token).build());
  }

  private static String text(Cluster cluster, AuthInfo user) {
    return Serialization.asYaml(
        new ConfigBuilder()
            .withApiVersion("v1")
            .withKind("Config")
            .addNewCluster()
            .withName(NAME)
            .withCluster(cluster)
            .endCluster()
            .addNewUser()
            .withName(NAME)
            .withUser(user)
            .endUser()
            .addNewContext()
            .withName(NAME)
            .withNewContext()
            .withCluster(NAME)
            .withUser(NAME)
            .endContext()
            .endContext()
            .withCurrentContext(NAME)
            .build());
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
