package dev.whistler.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what clients read. */
final class KubeconfigTest {
  @Test
  void saysServerCertificateAndToken(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("config");
    Path written = new Kubeconfig("https://127.0.0.1:6443", "QUJD", "a: token #1").write(file);
    Config read = Config.fromKubeconfig(written.toFile());

    assertThat(read.getMasterUrl()).isEqualTo("https://127.0.0.1:6443/");
    assertThat(read.getCaCertData()).isEqualTo("QUJD");
    assertThat(read.getAutoOAuthToken()).isEqualTo("a: token #1");
    assertThat(Files.getPosixFilePermissions(written))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void nobodyIsASelfContainedFile() {
    Config read = Config.fromKubeconfig(Kubeconfig.OF_NO_SERVER);
    assertThat(read.getMasterUrl()).isEqualTo("http://127.0.0.1:9/");
  }
}
