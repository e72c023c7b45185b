package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody but the agent looks into its directory, whoever made it. */
final class StateDirectoryTest {

  @TempDir Path folder;

  private static String mode(Path directory) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
  }

  @Test
  void isMadeForItsOwnerAlone() throws Exception {
    Path directory = folder.resolve("var/whistler");
    StateDirectory.prepare(directory);
    StateDirectory.prepare(directory);
    assertThat(mode(directory)).isEqualTo("rwx------");
  }

  @Test
  void isClosedWhereTheKubeletLeftItOpen() throws Exception {
    Path directory = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    StateDirectory.prepare(directory);
    assertThat(mode(directory)).isEqualTo("rwx------");
  }

  @Test
  void isRefusedWhereItIsNoDirectory() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> StateDirectory.prepare(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must be a directory");
  }
}
