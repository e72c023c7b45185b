package dev.whistler.runtime;

import dev.whistler.bpf.sys.DetachedMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A directory for pins on a bpffs of its own that no path leads to but that of this process. */
final class SharedPins implements AutoCloseable {
  private final DetachedMount bpffs = DetachedMount.of("bpf");

  /** A new one, for this user alone. */
  static SharedPins create() throws IOException {
    SharedPins pins = new SharedPins();
    Files.createDirectory(
        pins.path(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return pins;
  }

  /** The directory, by the way by which other processes come to it too. */
  Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid())
        .resolve(Path.of("/proc/self").relativize(bpffs.path()))
        .resolve("whistler");
  }

  @Override
  public void close() {
    bpffs.close();
  }
}
