package dev.whistler.runtime.adopt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Directories;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.OpenFile;
import dev.whistler.bpf.sys.ProcessIdentity;
import dev.whistler.bpf.sys.SystemCallException;
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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The pins of one program, which this process alone may use until it closes this object: the
 * directory {@code <root>/<uid>}, and beside it {@code <uid>_next} while one revision takes the
 * place of another. Only directories that belong to this user and that nobody else can write are
 * used, and symbolic links are never followed: whoever can put a pin of his own there could make us
 * adopt it.
 *
 * <p>Owner is who holds flock(2) on the directories; the kernel takes it back when a process ends.
 * A pin in the directory says who that is. What is pinned there is the matter of {@link
 * PinnedProgram}, what becomes of a half-done exchange that of {@link Recovery}.
 */
public final class ProgramPins implements AutoCloseable {
  private static final Pattern UID = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /** How pins of links begin. */
  static final String LINK = "link-";

  static final String MANIFEST = "manifest";
  static final String OWNER = "owner";
  private static final String OWNER_MAP = "whistler_owner";

  private static final String NOW = "";
  private static final String NEXT = "_next";

  /** Where the former pins are for a moment if the kernel cannot exchange directories. */
  private static final String FORMER = "_former";

  private static final long LOOK_MILLIS = 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PinDirectory root;
  private final String uid;
  private final Map<String, Fd> locks = new HashMap<>();
  private boolean made;

  private ProgramPins(PinDirectory root, String uid) {
    this.root = root;
    this.uid = uid;
  }

  /**
   * The pins of a program, which are this process's from now on.
   *
   * @param root directory on a BPF file system that is ours alone
   * @param wait how long to wait for another owner to end
   * @throws StartException {@code TAMPERED} if the root or the directory is not ours alone, {@code
   *     UNSUPPORTED} if the root lies in no BPF file system, {@code IN_USE} if another process owns
   *     them, or another program of this one
   */
  public static ProgramPins own(Path root, String uid, Duration wait) throws StartException {
    if (!UID.matcher(uid).matches()) {
      throw new IllegalArgumentException("no uid: " + uid);
    }
    requireOurs(root);
    long end = System.nanoTime() + wait.toNanos();
    try {
      ProgramPins pins = new ProgramPins(PinDirectory.open(root), uid);
      while (!pins.lockAll()) {
        if (System.nanoTime() - end >= 0) {
          throw pins.inUse();
        }
        Thread.sleep(LOOK_MILLIS);
      }
      try {
        pins.finishRenaming();
        pins.signAs(NOW);
      } catch (BpfException e) {
        pins.close();
        throw e;
      }
      return pins;
    } catch (BpfException e) {
      throw unusable(root, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException(
          FailureReason.IN_USE, "Waiting for the pins of program " + uid + " was interrupted.");
    }
  }

  /** Whether all directories of the program are locked now; else none is. */
  private boolean lockAll() throws StartException {
    boolean there = Files.isDirectory(path(NOW), LinkOption.NOFOLLOW_LINKS);
    root.directory(uid);
    for (String part : List.of(NOW, NEXT, FORMER)) {
      if (Files.exists(path(part), LinkOption.NOFOLLOW_LINKS)) {
        requireOurs(path(part));
        if (!lock(part)) {
          unlock();
          return false;
        }
      }
    }
    made = !there;
    return locks.containsKey(NOW);
  }

  private boolean lock(String part) {
    Fd directory;
    try {
      directory = OpenFile.directory(path(part));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
    // Who held it may have given the name to another directory since we opened this one.
    if (Directories.lock(directory) && OpenFile.isAt(directory, path(part))) {
      locks.put(part, directory);
      return true;
    }
    directory.close();
    return false;
  }

  private void unlock() {
    locks.values().forEach(Fd::close);
    locks.clear();
  }

  private StartException inUse() {
    String owner = "another process";
    for (String part : List.of(NOW, NEXT, FORMER)) {
      if (Files.isDirectory(path(part), LinkOption.NOFOLLOW_LINKS)) {
        owner = owner(part).map(ProgramPins::named).orElse(owner);
      }
    }
    return new StartException(
        FailureReason.IN_USE,
        "Program %s is pinned and in use by %s; stop it there first, or wait until it has ended."
            .formatted(uid, owner));
  }

  static String named(ProcessIdentity owner) {
    return owner.equals(ProcessIdentity.current())
        ? "this process (" + owner.pid() + ")"
        : "process %d of pid name space %d, which began %d clock ticks after the machine"
            .formatted(owner.pid(), owner.pidNamespace(), owner.startTicks());
  }

  /** Who wrote his name there last. */
  private Optional<ProcessIdentity> owner(String part) {
    return ownerOf(root.directory(uid + part));
  }

  static Optional<ProcessIdentity> ownerOf(PinDirectory directory) {
    try (BpfMap map = directory.map(OWNER).orElse(null)) {
      byte[] json = map == null || !map.name().equals(OWNER_MAP) ? null : map.lookup(new byte[4]);
      return json == null
          ? Optional.empty()
          : Optional.of(JSON.readValue(json, ProcessIdentity.class));
    } catch (BpfException | IOException e) {
      // It is for a message only, and may go while it is read.
      return Optional.empty();
    }
  }

  private void signAs(String part) {
    sign(root.directory(uid + part));
  }

  static void sign(PinDirectory directory) {
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(ProcessIdentity.current());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts and numbers has a JSON form", e);
    }
    directory.remove(OWNER);
    try (BpfMap map = BpfMap.create(MapSpec.of(OWNER_MAP, MapType.ARRAY, 4, json.length, 1))) {
      map.update(new byte[4], json);
      map.freeze();
      directory.pin(map, OWNER);
    }
  }

  /**
   * The uids of all programs that have pins below the root. A half-made {@code _next} that no
   * process is at work on is listed by its own name, so that it is removed as an orphan.
   */
  public static List<String> uids(Path root) throws StartException {
    requireOurs(root);
    Set<String> uids = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && UID.matcher(name).matches()) {
          boolean complete = Files.exists(entry.resolve(MANIFEST), LinkOption.NOFOLLOW_LINKS);
          uids.add(complete || name.endsWith(FORMER) ? programOf(name) : name);
        }
      }
    } catch (IOException e) {
      throw unusable(root, e);
    }
    return List.copyOf(uids);
  }

  /**
   * What was noted of a program that is pinned, whoever runs it.
   *
   * @return empty if there is none, or if it cannot be read
   */
  public static Optional<byte[]> note(Path root, String uid) throws StartException {
    requireOurs(root);
    Path now = root.resolve(uid);
    if (!UID.matcher(uid).matches() || !Files.isDirectory(now, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    requireOurs(now);
    try {
      return Frozen.read(PinDirectory.open(root).directory(uid), Staging.NOTE);
    } catch (BpfException e) {
      return Optional.empty();
    }
  }

  /** The uid to which a directory belongs. */
  public static String programOf(String name) {
    for (String part : List.of(NEXT, FORMER)) {
      if (name.endsWith(part) && name.length() > part.length()) {
        return name.substring(0, name.length() - part.length());
      }
    }
    return name;
  }

  static void requireOurs(Path directory) throws StartException {
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

  static StartException unusable(Path directory, Exception cause) {
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

  /** Goes on where a process ended that had to exchange the directories by three renames. */
  private void finishRenaming() {
    if (!locks.containsKey(FORMER)) {
      return;
    }
    if (isComplete(NOW)) {
      removePart(NEXT);
      rename(FORMER, NEXT);
    } else {
      removePart(NOW);
      if (isComplete(NEXT)) {
        rename(NEXT, NOW);
        rename(FORMER, NEXT);
      } else {
        rename(FORMER, NOW);
      }
    }
    made = false;
  }

  private boolean isComplete(String part) {
    return Files.exists(path(part).resolve(MANIFEST), LinkOption.NOFOLLOW_LINKS);
  }

  private void rename(String from, String to) {
    root.rename(uid + from, uid + to);
    Fd former = locks.get(to);
    Fd moved = locks.remove(from);
    if (former != null) {
      former.close();
    }
    if (moved == null) {
      locks.remove(to);
    } else {
      locks.put(to, moved);
    }
  }

  /** Whether a pin says no more than who is the owner. */
  static boolean isOfOwner(String pin) {
    return pin.equals(OWNER);
  }

  /** Whether these are the pins of that program. */
  public boolean areOf(Path otherRoot, String otherUid) {
    try {
      return uid.equals(otherUid) && Files.isSameFile(root.path(), otherRoot);
    } catch (IOException e) {
      return false;
    }
  }

  /** The id of the map that is the manifest; 0 if there is none. */
  public int manifestId() {
    try (BpfMap manifest = now().map(MANIFEST).orElse(null)) {
      return manifest == null ? 0 : manifest.id();
    }
  }

  /** The directory. */
  PinDirectory now() {
    return root.directory(uid);
  }

  /** The directory beside it, if there is one. */
  Optional<PinDirectory> next() {
    return locks.containsKey(NEXT) ? Optional.of(root.directory(uid + NEXT)) : Optional.empty();
  }

  /** The directory beside it, empty, in which a new revision is pinned. */
  PinDirectory makeNext() throws StartException {
    try {
      removePart(NEXT);
      PinDirectory next = root.directory(uid + NEXT);
      if (!lock(NEXT)) {
        throw inUse();
      }
      signAs(NEXT);
      return next;
    } catch (BpfException e) {
      throw unusable(path(NEXT), e);
    }
  }

  /**
   * What is pinned beside takes the place of what is pinned here, which is beside then. From here
   * on a process that takes over goes on with the new pins.
   *
   * @throws StartException if that cannot be done; everything is where it was
   */
  public void swap() throws StartException {
    try {
      root.exchange(uid, uid + NEXT);
      Fd next = locks.remove(NEXT);
      Fd now = locks.remove(NOW);
      if (next != null && now != null) {
        locks.put(NOW, next);
        locks.put(NEXT, now);
      }
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EINVAL) {
        throw unusable(path(NOW), e);
      }
      swapByRenaming();
    } catch (BpfException e) {
      throw unusable(path(NOW), e);
    }
    made = true;
  }

  private void swapByRenaming() throws StartException {
    try {
      rename(NOW, FORMER);
      try {
        rename(NEXT, NOW);
      } catch (BpfException e) {
        rename(FORMER, NOW);
        throw e;
      }
    } catch (BpfException e) {
      throw unusable(path(NOW), e);
    }
    try {
      rename(FORMER, NEXT);
    } catch (BpfException e) {
      // What is beside has another name for it now, which is removed as well.
      locks.remove(NEXT);
    }
  }

  /** Takes away what is pinned beside. */
  public void removeNext() throws StartException {
    try {
      removePart(FORMER);
      removePart(NEXT);
    } catch (BpfException e) {
      throw unusable(path(NEXT), e);
    }
  }

  /** Takes all pins and the directory away; what only they held is gone from the kernel. */
  public void remove() throws StartException {
    try {
      removePart(FORMER);
      removePart(NEXT);
      removePart(NOW);
    } catch (BpfException e) {
      throw unusable(path(NOW), e);
    }
  }

  /**
   * Detaches what is pinned here although it is not known what it is, for what cannot be attached
   * beside it.
   */
  public void detachAll() throws StartException {
    try {
      detach(NOW);
    } catch (BpfException e) {
      throw unusable(path(NOW), e);
    }
  }

  private void detach(String part) {
    PinDirectory directory = root.directory(uid + part);
    for (String pin : directory.names()) {
      if (pin.startsWith(LINK)) {
        try (BpfLink link = directory.link(pin).orElse(null)) {
          if (link != null) {
            link.detach();
          }
        } catch (SystemCallException e) {
          // Links of perf events cannot; they are gone once their last pin is.
          if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.ENOLINK) {
            throw e;
          }
        }
        directory.remove(pin);
      }
    }
  }

  /** The manifest goes first: what is left of pins without one nobody takes for a program. */
  private void removePart(String part) {
    if (Files.isDirectory(path(part), LinkOption.NOFOLLOW_LINKS)) {
      PinDirectory directory = root.directory(uid + part);
      directory.remove(MANIFEST);
      // then links: nothing is produced any more while the rest goes
      for (String pin : directory.names()) {
        if (pin.startsWith(LINK)) {
          directory.remove(pin);
        }
      }
      root.remove(uid + part);
    }
    Fd lock = locks.remove(part);
    if (lock != null) {
      lock.close();
    }
  }

  private Path path(String part) {
    return root.path().resolve(uid + part);
  }

  /** Lets others own the pins. A directory that was made for this and is empty goes. */
  @Override
  public void close() {
    try {
      for (String part : List.of(NOW, NEXT)) {
        if (locks.containsKey(part) && Files.isDirectory(path(part), LinkOption.NOFOLLOW_LINKS)) {
          root.directory(uid + part).remove(OWNER);
        }
      }
      if (made && locks.containsKey(NOW) && now().names().isEmpty()) {
        Directories.removeEmpty(path(NOW));
      }
    } finally {
      unlock();
    }
  }

  /** The owner named in the directory, for tests and messages. */
  public @Nullable ProcessIdentity owner() {
    return owner(NOW).orElse(null);
  }
}
