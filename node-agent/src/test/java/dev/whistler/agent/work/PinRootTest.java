package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's directory of pins, on a BPF file system that only this process sees. */
final class PinRootTest {

  private DetachedMount bpffs;
  private Path directory;

  @BeforeEach
  void mount() {
    try {
      bpffs = DetachedMount.of("bpf");
    } catch (BpfException e) {
      assumeTrue(false, "no BPF file system: " + e.getMessage());
    }
    directory = bpffs.path().resolve("whistler");
  }

  @AfterEach
  void unmount() {
    if (bpffs != null) {
      bpffs.close();
    }
  }

  private static PinRoot prepare(Path directory) throws StartException {
    PinRoot root = PinRoot.at(directory);
    var _ = root.path();
    return root;
  }

  @Test
  void isMadeForOurselvesAloneAndGoesWhenItIsEmpty() throws Exception {
    PinRoot root = prepare(directory);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    root.close();
    assertThat(directory).doesNotExist();
  }

  @Test
  void isMadeAgainWhenItWasRemoved() throws Exception {
    PinRoot root = prepare(directory);
    Files.delete(directory.resolve("owner"));
    Files.delete(directory);
    assertThat(root.path()).isDirectory();
  }

  @Test
  void findsWhatIsThereByProgramAndRemovesAllOfOne() throws Exception {
    PinRoot root = prepare(directory);
    for (String uid : Set.of("wanted", "orphan", "orphan_next", "half_next")) {
      Files.createDirectory(
          directory.resolve(uid),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    assertThat(root.leftovers())
        .extracting(Loader.Leftover::uid)
        .containsExactly("half", "orphan", "wanted");
    root.remove("orphan");
    root.remove("half");
    root.remove("never");
    assertThat(directory)
        .isDirectoryContaining("glob:**/wanted")
        .isDirectoryNotContaining("glob:**/{orphan,orphan_next,half,half_next,never}");
    root.close();
    assertThat(directory).as("somebody is still in it").exists();
  }

  @Test
  void belongsToOneAgentUntilThatEnds() throws Exception {
    PinRoot first = prepare(directory);
    assertThatThrownBy(() -> prepare(directory))
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.IN_USE))
        .hasMessageContaining("in use by this process (" + ProcessHandle.current().pid() + ")");
    assertThat(first.leftovers()).as("who owns it is no program").isEmpty();
    first.close();
    PinRoot second = prepare(directory);
    second.close();
    assertThat(directory).doesNotExist();
  }

  @Test
  void ofADirectoryThatWasRemovedNothingIsHeld() throws Exception {
    PinRoot first = prepare(directory);
    Files.delete(directory.resolve("owner"));
    Files.delete(directory);
    PinRoot second = prepare(directory);
    assertThatThrownBy(first::path)
        .as("another agent has made it again")
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.IN_USE));
    second.close();
    assertThat(first.path()).isDirectory();
    first.close();
  }

  @Test
  void isRefusedWhereOthersMayWriteOrNothingCanBePinned(@TempDir Path plain) throws Exception {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> prepare(directory))
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.TAMPERED));
    assertThatThrownBy(() -> prepare(plain.resolve("whistler")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("lies in no BPF file system");
    assertThat(plain).isEmptyDirectory();
  }
}
