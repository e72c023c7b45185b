package dev.whistler.runtime.adopt;

import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.sys.BpfException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whose the pins of one program are, and which of two revisions they belong to: the directory
 * {@code <root>/<uid>}. Only directories that belong to this user and that nobody else can write
 * are used, and symbolic links are never followed: whoever can put a pin of his own there could
 * make us adopt it. The pins themselves are the matter of {@link PinDirectory}.
 */
public final class ProgramPins {
  private static final Pattern UID = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /** How pins of links begin. */
  static final String LINK = "link-";

  private static final String NEXT = "_next";

  private final PinDirectory root;
  private final String name;

  private ProgramPins(PinDirectory root, String name) {
    this.root = root;
    this.name = name;
  }

  /**
   * The pins of a program; the directory need not exist yet.
   *
   * @param root directory on a BPF file system that is ours alone
   * @throws StartException {@code TAMPERED} if the root or the directory is not ours alone, {@code
   *     UNSUPPORTED} if the root lies in no BPF file system
   */
  public static ProgramPins of(Path root, String uid) throws StartException {
    if (!UID.matcher(uid).matches()) {
      throw new IllegalArgumentException("no uid: " + uid);
    }
    requireOurs(root);
    Path directory = root.resolve(uid);
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      requireOurs(directory);
    }
    try {
      return new ProgramPins(PinDirectory.open(root), uid);
    } catch (BpfException e) {
      throw unusable(root, e);
    }
  }

  /** The uids of all programs that have pins below the root. */
  public static List<String> uids(Path root) throws StartException {
    requireOurs(root);
    List<String> uids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && UID.matcher(name).matches()) {
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

  private static StartException unusable(Path directory, Exception cause) {
    String why =
        switch (cause) {
          case NoSuchFileException _ -> "does not exist";
          case NotDirectoryException _ -> "is no directory";
          case BpfException _ -> "cannot be used (" + cause.getMessage() + ")";
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
  public ProgramPins next() {
    return new ProgramPins(root, name + NEXT);
  }

  /** Takes all pins away and puts those of another directory in their place. */
  public void replaceBy(ProgramPins next) throws StartException {
    remove();
    try {
      Files.move(next.path(), path());
    } catch (IOException e) {
      throw unusable(path(), e);
    }
  }

  /** The directory, made if it is missing, readable for this user only. */
  PinDirectory create() throws StartException {
    try {
      return root.directory(name);
    } catch (BpfException e) {
      throw unusable(path(), e);
    }
  }

  /** The directory, or empty if it does not exist. */
  Optional<PinDirectory> existing() throws StartException {
    return Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(create())
        : Optional.empty();
  }

  /** Takes all pins and the directory away; what only they held is gone from the kernel. */
  public void remove() throws StartException {
    try {
      PinDirectory directory = existing().orElse(null);
      if (directory != null) {
        // links first: nothing is produced any more while the rest goes
        for (String pin : directory.names()) {
          if (pin.startsWith(LINK)) {
            directory.remove(pin);
          }
        }
        root.remove(name);
      }
    } catch (BpfException e) {
      throw unusable(path(), e);
    }
  }

  private Path path() {
    return root.path().resolve(name);
  }
}
