package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody but one agent writes into its directory, or looks into it, whoever made it. */
final class StateDirectoryTest {

  @TempDir Path folder;

  private static String mode(Path directory) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
  }

  @Test
  void isMadeForItsOwnerAlone() throws Exception {
    Path directory = folder.resolve("var/whistler");
    StateDirectory.own(directory, "a").close();
    try (StateDirectory again = StateDirectory.own(directory, "a")) {
      assertThat(again).isNotNull();
      assertThat(mode(directory)).isEqualTo("rwx------");
    }
  }

  @Test
  void isClosedWhereTheKubeletLeftItOpen() throws Exception {
    Path directory = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    StateDirectory.own(directory, "a").close();
    assertThat(mode(directory)).isEqualTo("rwx------");
  }

  @Test
  void isRefusedWhereItIsNoDirectory() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> StateDirectory.own(file, "a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must be a directory");
  }

  @Test
  void isOneAgentsAtATime() throws Exception {
    try (StateDirectory first = StateDirectory.own(folder, "a")) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> StateDirectory.own(folder, "b"))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.IN_USE))
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("process %d, the agent of node a", ProcessHandle.current().pid());
    }
    StateDirectory.own(folder, "b").close();
  }

  @Test
  void itsOwnersFileIsNoWayOutOfIt() throws Exception {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "precious");
    Path directory = Files.createDirectory(folder.resolve("own"));
    var _ = Files.createSymbolicLink(directory.resolve(".owner"), elsewhere);
    assertThatThrownBy(() -> StateDirectory.own(directory, "a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.toString());
    assertThat(elsewhere).hasContent("precious");
  }
}
