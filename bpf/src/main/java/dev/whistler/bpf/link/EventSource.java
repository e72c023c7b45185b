package dev.whistler.bpf.link;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Dynamic event sources of perf: their numbers and format bits stand in sysfs. */
final class EventSource {
  private static final Path DEVICES = Path.of("/sys/bus/event_source/devices");

  private EventSource() {}

  /**
   * The number of a source.
   *
   * @param name {@code kprobe} or {@code uprobe}
   * @throws UnsupportedException if the kernel is built without it
   */
  static int type(String name) {
    try {
      return Integer.parseInt(Files.readString(DEVICES.resolve(name).resolve("type")).strip());
    } catch (NoSuchFileException e) {
      throw new UnsupportedException(
          "this kernel is built without " + name + "s (no " + DEVICES.resolve(name) + ")", e);
    } catch (IOException | NumberFormatException e) {
      throw new BpfException("cannot read the type of event source " + name, e);
    }
  }

  /** The bit of config that means "at the return", from {@code format/retprobe}. */
  static long returnBit(String name) {
    try {
      String format =
          Files.readString(DEVICES.resolve(name).resolve("format").resolve("retprobe")).strip();
      return 1L << Integer.parseInt(format.substring(format.indexOf(':') + 1));
    } catch (IOException | NumberFormatException e) {
      throw new BpfException("cannot read the return bit of event source " + name, e);
    }
  }
}
