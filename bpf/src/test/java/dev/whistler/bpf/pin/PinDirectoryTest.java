package dev.whistler.bpf.pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PinDirectoryTest {
  private KernelObjects before;
  private PinDirectory pins;

  @BeforeEach
  void open() {
    before = KernelObjects.now();
    pins = PinDirectory.privateToProcess();
  }

  @AfterEach
  void close() {
    pins.close();
    before.assertUnchanged();
  }

  @Test
  void aPinnedMapOutlivesItsDescriptor() {
    int id;
    try (BpfMap map = BpfMap.create(MapSpec.of("kept", MapType.ARRAY, 4, 4, 1))) {
      map.update(new byte[4], new byte[] {5, 0, 0, 0});
      pins.pin(map, "kept");
      id = map.id();
    }
    try (BpfMap map = pins.map("kept").orElseThrow()) {
      assertThat(map.id()).isEqualTo(id);
      assertThat(map.lookup(new byte[4])).startsWith(5);
    }
    assertThat(pins.remove("kept")).isTrue();
    assertThat(pins.remove("kept")).isFalse();
    assertThat(pins.map("kept")).isEmpty();
    KernelObjects.assertGone(List.of(), List.of(id), List.of());
  }

  @Test
  void programsAndLinksArePinnedInDirectories() {
    PinDirectory directory = pins.directory("0a1b");
    int linkId;
    try (LoadedObject loaded = BpfObject.open(ClangObjects.build("ring")).load();
        BpfLink link = Tracepoint.attachRaw(loaded.program("on_task"), "task_newtask")) {
      directory.pin(loaded.program("on_task"), "program");
      directory.pin(link, "link");
      linkId = link.id();
    }
    assertThat(directory.names()).containsExactly("link", "program");
    try (BpfProgram program = directory.program("program").orElseThrow();
        BpfLink link = directory.link("link").orElseThrow()) {
      assertThat(link.info().programId()).isEqualTo(program.id());
      assertThat(link.id()).isEqualTo(linkId);
    }
    assertThatThrownBy(() -> directory.map("link"))
        .isInstanceOf(BpfException.class)
        .hasMessageEndingWith("link is not of the kind MAP");
    assertThat(pins.remove("0a1b")).isTrue();
    KernelObjects.assertGone(List.of(), List.of(), List.of(linkId));
  }

  @Test
  void takenNamesAndPathsAreRefused() {
    try (BpfMap map = BpfMap.create(MapSpec.of("one", MapType.ARRAY, 4, 4, 1))) {
      pins.pin(map, "one");
      assertThatThrownBy(() -> pins.pin(map, "one"))
          .isInstanceOfSatisfying(
              SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
      assertThatThrownBy(() -> pins.pin(map, "../one"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aDirectoryInsideIsNotReachedThroughASymbolicLink() throws Exception {
    Path elsewhere = pins.directory("elsewhere").path();
    Files.createSymbolicLink(pins.path().resolve("linked"), elsewhere);
    assertThatThrownBy(() -> pins.directory("linked"))
        .isInstanceOf(BpfException.class)
        .hasMessageStartingWith("cannot make the pin directory");
    assertThat(pins.remove("linked")).isTrue();
    assertThat(elsewhere).isDirectory();
  }

  @Test
  void anOrdinaryDirectoryIsNoPlaceForPins() {
    assertThatThrownBy(() -> PinDirectory.open(Path.of("/tmp/no-such-directory")))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("/tmp lies in no BPF file system");
    try (PinDirectory again = PinDirectory.open(pins.path().resolve("inner"))) {
      assertThat(again.names()).isEmpty();
    }
  }

  @Test
  void aDirectoryOfSomebodyElseIsRefused() throws Exception {
    try (DetachedMount mount = DetachedMount.of("bpf")) {
      PinDirectory.open(mount.path()).close();
      Path foreign = Files.createDirectory(mount.path().resolve("foreign"));
      Files.setAttribute(foreign, "unix:uid", 12_345);
      assertThatThrownBy(() -> PinDirectory.open(foreign))
          .isInstanceOf(BpfException.class)
          .hasMessageContaining("belongs to user 12345");
      Path open = Files.createDirectory(mount.path().resolve("open"));
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThatThrownBy(() -> PinDirectory.open(open))
          .isInstanceOf(BpfException.class)
          .hasMessageContaining("written by others");
    }
  }
}
