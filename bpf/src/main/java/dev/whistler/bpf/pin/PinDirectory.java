package dev.whistler.bpf.pin;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.bpf.sys.Directories;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.FileSystemType;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a BPF file system. Names are ours and never paths: letters, digits, '_' and '-'
 * (the file system itself forbids dots).
 */
public final class PinDirectory implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,200}");

  private static final int WRITABLE_BY_OTHERS = 0x12; // S_IWGRP, S_IWOTH
  private static final int STICKY = 0x200; // S_ISVTX

  private final Path directory;
  private final @Nullable DetachedMount mount;

  private PinDirectory(Path directory, @Nullable DetachedMount mount) {
    this.directory = directory;
    this.mount = mount;
  }

  /**
   * Opens a directory, which is made if only the last part of the path is missing.
   *
   * @throws UnsupportedException if it does not lie in a BPF file system
   * @throws ForeignDirectoryException if it belongs to another user than root or this process's, or
   *     others may write into it
   */
  public static PinDirectory open(Path directory) {
    Path existing = Files.isDirectory(directory) ? directory : directory.getParent();
    if (existing == null || !Files.isDirectory(existing)) {
      throw new UnsupportedException(
          directory + " does not exist; mount a BPF file system: mount -t bpf bpf /sys/fs/bpf");
    }
    if (!FileSystemType.isBpf(existing)) {
      throw new UnsupportedException(
          existing + " lies in no BPF file system; mount one: mount -t bpf bpf " + existing);
    }
    if (!Files.isDirectory(directory)) {
      make(directory);
    }
    checkOwner(directory);
    return new PinDirectory(directory, null);
  }

  /**
   * Whoever owns a directory, or may write into it, can put other objects under the names in it.
   */
  private static void checkOwner(Path directory) {
    try {
      int owner = (int) Files.getAttribute(directory, "unix:uid");
      int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      if (owner != 0 && owner != self) {
        throw new ForeignDirectoryException(
            directory + " belongs to user " + owner + ", who could exchange the pins in it");
      }
      int mode = (int) Files.getAttribute(directory, "unix:mode");
      if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
        throw new ForeignDirectoryException(
            directory + " can be written by others, who could exchange the pins in it: chmod go-w");
      }
    } catch (IOException e) {
      throw new BpfException("cannot look at the owner of " + directory, e);
    }
  }

  /**
   * A BPF file system that only this process sees, for as long as this object is open.
   *
   * @throws SystemCallException EPERM without CAP_SYS_ADMIN
   */
  public static PinDirectory privateToProcess() {
    DetachedMount mount = DetachedMount.of("bpf");
    return new PinDirectory(mount.path(), mount);
  }

  /**
   * A directory inside, which is made if it is missing; closing it does nothing.
   *
   * @throws BpfException if it cannot be made, as where a pin or a symbolic link has the name
   */
  public PinDirectory directory(String name) {
    Path inner = path(name);
    if (!Files.isDirectory(inner, LinkOption.NOFOLLOW_LINKS)) {
      make(inner);
    }
    return new PinDirectory(inner, null);
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  /**
   * Pins a map.
   *
   * @throws SystemCallException EEXIST if the name is taken, ENOSPC or EROFS by the file system
   */
  public void pin(BpfMap map, String name) {
    ObjectCalls.pin(map.fd(), path(name).toString());
  }

  /** Pins a program, as {@link #pin(BpfMap, String)}. */
  public void pin(BpfProgram program, String name) {
    ObjectCalls.pin(program.fd(), path(name).toString());
  }

  /** Pins a link, which then outlives this process, as {@link #pin(BpfMap, String)}. */
  public void pin(BpfLink link, String name) {
    ObjectCalls.pin(link.fd(), path(name).toString());
  }

  /**
   * Opens a pinned map.
   *
   * @return empty if there is no pin of that name
   * @throws BpfException if the pin is no map
   */
  public Optional<BpfMap> map(String name) {
    return open(name, ObjectCalls.Kind.MAP).map(BpfMap::of);
  }

  /** Opens a pinned program, as {@link #map}. */
  public Optional<BpfProgram> program(String name) {
    return open(name, ObjectCalls.Kind.PROGRAM).map(BpfProgram::of);
  }

  /** Opens a pinned link, as {@link #map}. */
  public Optional<BpfLink> link(String name) {
    return open(name, ObjectCalls.Kind.LINK).map(BpfLink::of);
  }

  /**
   * Removes a pin, or a directory with everything in it.
   *
   * @return whether it was there
   */
  public boolean remove(String name) {
    return remove(path(name));
  }

  /**
   * Lets two directories inside exchange their names, in one step.
   *
   * @throws SystemCallException EINVAL before Linux 5.16, which cannot
   */
  public void exchange(String one, String other) {
    Directories.exchange(path(one), path(other));
  }

  /**
   * Gives a directory inside another name, in place of an empty directory if there is one.
   *
   * @throws SystemCallException ENOTEMPTY if it is taken otherwise
   */
  public void rename(String from, String to) {
    Directories.rename(path(from), path(to));
  }

  /** The names in the directory, sorted. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (IOException e) {
      throw new BpfException("cannot list " + directory + ": " + e, e);
    }
    names.sort(null);
    return names;
  }

  /** Frees a file system that is private to the process; pins elsewhere stay. */
  @Override
  public void close() {
    if (mount != null) {
      mount.close();
    }
  }

  private Optional<Fd> open(String name, ObjectCalls.Kind kind) {
    Path path = path(name);
    Fd fd;
    try {
      fd = ObjectCalls.pinned(path.toString(), 0);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    // The kernel hands out whatever is pinned there, and would describe it as what we take it for.
    if (!ObjectCalls.isOf(kind, fd)) {
      fd.close();
      throw new BpfException("the pin " + path + " is not of the kind " + kind);
    }
    return Optional.of(fd);
  }

  private static boolean remove(Path path) {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return Directories.unlink(path);
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      entries.forEach(PinDirectory::remove);
    } catch (IOException e) {
      throw new BpfException("cannot remove the pin " + path + ": " + e, e);
    }
    return Directories.removeEmpty(path);
  }

  /** Two processes may want the same one at once. */
  private static void make(Path directory) {
    try {
      Directories.make(directory);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new BpfException(
            "cannot make the pin directory " + directory + ": what has its name is no directory",
            e);
      }
    }
  }

  private Path path(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a pin cannot be called '" + name + "'");
    }
    return directory.resolve(name);
  }
}
