package dev.whistler.runtime.adopt;

import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The directory that holds one program's pins, {@code <root>/<uid>}. Only directories that belong
 * to this user and that nobody else can write are used, and symbolic links are never followed:
 * whoever can put a pin of his own there could make us adopt it.
 */
public final class PinDirectory {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /** How pins of links begin. */
  public static final String LINK = "link-";

  private static final String NEXT = "_next";
  private static final int MAX_PINS = 1024;

  private final Path directory;

  private PinDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * The pins of a program; the directory need not exist yet.
   *
   * @param root directory on a BPF file system that is ours alone
   * @throws StartException {@code TAMPERED} if the root or the directory is not ours alone
   */
  public static PinDirectory of(Path root, String uid) throws StartException {
    if (!NAME.matcher(uid).matches()) {
      throw new IllegalArgumentException("no uid: " + uid);
    }
    requireOurs(root);
    Path directory = root.resolve(uid);
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      requireOurs(directory);
    }
    return new PinDirectory(directory);
  }

  /** The uids of all programs that have pins below the root. */
  public static List<String> uids(Path root) throws StartException {
    requireOurs(root);
    List<String> uids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && NAME.matcher(name).matches()) {
          uids.add(name);
        }
      }
    } catch (IOException e) {
      throw unusable(root, e);
    }
    uids.sort(null);
    return uids;
  }

  private static void requireOurs(Path directory) throws StartException {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      int user = effectiveUser();
      boolean foreign =
          !attributes.isDirectory()
              || !Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(user)
              || attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains);
      if (foreign) {
        throw new StartException(
            FailureReason.TAMPERED,
            "The pin directory %s is no directory that only user %d can write; remove it or fix its owner and mode."
                .formatted(directory, user));
      }
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  /** By number: a container may have no names of users. */
  private static int effectiveUser() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Uid:")) {
        return Integer.parseUnsignedInt(line.split("\\s+", -1)[2]);
      }
    }
    throw new IOException("/proc/self/status names no user");
  }

  private static StartException unusable(Path directory, IOException cause) {
    String why =
        switch (cause) {
          case NoSuchFileException _ -> "does not exist";
          case NotDirectoryException _ -> "is no directory";
          default -> "cannot be used (" + cause + ")";
        };
    return new StartException(
        FailureReason.UNSUPPORTED,
        "The pin directory " + directory + " " + why + "; mount a BPF file system there.",
        "",
        cause);
  }

  /**
   * The directory beside this one in which a new revision is pinned before it takes the place of
   * the current one. What a process that ended meanwhile left there looks like an orphan.
   */
  public PinDirectory next() {
    return new PinDirectory(directory.resolveSibling(directory.getFileName() + NEXT));
  }

  /** Takes all pins away and puts those of another directory in their place. */
  public void replaceBy(PinDirectory next) throws StartException {
    remove();
    try {
      Files.move(next.directory, directory);
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  /** Makes the directory, readable for this user only. */
  public void create() throws StartException {
    try {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  public boolean exists() {
    return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
  }

  /** Pins what a descriptor stands for. */
  public void pin(String name, Fd fd) {
    ObjectCalls.pin(fd.number(), path(name).toString());
  }

  /** Opens a pin. */
  public Fd open(String name) {
    return ObjectCalls.pinned(path(name).toString(), 0);
  }

  public boolean has(String name) {
    return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
  }

  private Path path(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("no name for a pin: " + name);
    }
    return directory.resolve(name);
  }

  /** The names of all pins, sorted. */
  public List<String> names() throws StartException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (names.size() == MAX_PINS) {
          throw new StartException(
              FailureReason.TAMPERED,
              "The pin directory " + directory + " holds more pins than we make; remove it.");
        }
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException e) {
      throw unusable(directory, e);
    }
    names.sort(null);
    return names;
  }

  /** Takes one pin away. */
  public void unpin(String name) throws StartException {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  /** Takes all pins and the directory away; what only they held is gone from the kernel. */
  public void remove() throws StartException {
    if (!exists()) {
      return;
    }
    try {
      // links first: nothing is produced any more while the rest goes
      List<String> names = names();
      names.sort(Comparator.comparing(name -> !name.startsWith(LINK)));
      for (String name : names) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }
}
