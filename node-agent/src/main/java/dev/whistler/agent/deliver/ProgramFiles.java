package dev.whistler.agent.deliver;

import dev.whistler.crds.ProgramSink;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.deliver.FileBounds;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The files to which programs write: {@code files/PROGRAM/NAME} below the agent's directory, so
 * that no program's author can write into the file of another. Names come from the API server and
 * are checked again here.
 */
public final class ProgramFiles {

  private static final Logger LOG = Logger.getLogger(ProgramFiles.class);

  /** A DNS label (RFC 1123), as the names of programs are. */
  private static final Pattern PROGRAM = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

  private final Path folder;
  private final FileBounds bounds;
  private final Duration grace;

  /** Most bytes of all files together. */
  private final long totalBytes;

  /** The files that programs write: none of them is another one's earlier file. */
  private final Set<Path> written = ConcurrentHashMap.newKeySet();

  private volatile boolean exhausted;

  /** Since when no such program is there, in nanoseconds, by folder. Guarded by this. */
  private final Map<Path, Long> ownerless = new HashMap<>();

  /**
   * @param directory the agent's own directory
   * @param maxBytes of each file
   * @param maxFiles how many earlier files of each are kept
   * @param totalBytes of all files together, ≥ 1
   * @param grace how long the files of a program stay after it
   */
  public ProgramFiles(
      Path directory, long maxBytes, int maxFiles, long totalBytes, Duration grace) {
    this.folder = directory.resolve("files");
    this.bounds = new FileBounds(maxBytes, maxFiles, () -> exhausted);
    this.totalBytes = totalBytes;
    this.grace = grace;
  }

  /**
   * Destinations of a program: files and standard output. One that is listed twice is one.
   *
   * @throws StartException {@code SINK_UNAVAILABLE} for a name that is none, {@code UNSUPPORTED}
   *     for another kind of destination
   */
  public List<SinkSpec> sinks(String program, List<ProgramSink> wanted) throws StartException {
    List<SinkSpec> sinks = new ArrayList<>();
    for (ProgramSink sink : wanted.stream().distinct().toList()) {
      if (sink.file() != null) {
        sinks.add(file(program, sink.file().name()));
      } else if (sink.stdout() != null) {
        sinks.add(new SinkSpec.Stdout());
      } else {
        throw new StartException(
            FailureReason.UNSUPPORTED,
            "This agent does not know sinks by ref; remove them from the spec or update the"
                + " agents.");
      }
    }
    refuseEarlierFiles(wanted);
    return sinks;
  }

  private SinkSpec file(String program, String name) throws StartException {
    require(
        NAME.matcher(name).matches(),
        "A file sink has a bare file name of letters, digits, '.', '_' and '-'.");
    require(
        PROGRAM.matcher(program).matches(),
        "A program with files has a name of at most 63 small letters, digits and '-'.");
    Path path = folder.resolve(program).resolve(name);
    written.add(path);
    return new SinkSpec.File("file-" + name, path, bounds);
  }

  /** The earlier files of {@code a} are {@code a.1} and so on, which no sink may be. */
  private static void refuseEarlierFiles(List<ProgramSink> wanted) throws StartException {
    Set<String> names =
        wanted.stream()
            .filter(sink -> sink.file() != null)
            .map(sink -> sink.file().name())
            .collect(Collectors.toSet());
    for (String name : names) {
      String base = name.replaceFirst("\\.[0-9]+$", "");
      require(
          base.equals(name) || !names.contains(base),
          "The file sinks %s and %s meet: the earlier files of the first have such names."
              .formatted(base, name));
    }
  }

  private static void require(boolean holds, String complaint) throws StartException {
    if (!holds) {
      throw new StartException(FailureReason.SINK_UNAVAILABLE, complaint);
    }
  }

  /**
   * Removes the files of programs that have been gone for the grace. A folder holds files only;
   * anything else in it is not ours and stays.
   *
   * @param programs names of all programs that there are, on whatever nodes they run
   * @param nanos now, as {@link System#nanoTime} says
   */
  public synchronized void sweep(Collection<String> programs, long nanos) {
    try {
      Set<Path> there = folders();
      ownerless.keySet().retainAll(there);
      for (Path folderOfOne : there) {
        if (programs.contains(String.valueOf(folderOfOne.getFileName()))) {
          ownerless.remove(folderOfOne);
          continue;
        }
        written.removeIf(path -> path.startsWith(folderOfOne));
        if (nanos - ownerless.computeIfAbsent(folderOfOne, _ -> nanos) >= grace.toNanos()) {
          remove(folderOfOne);
        }
      }
    } catch (IOException e) {
      LOG.warnf("The files of programs cannot be looked through (tried again): %s", e);
    }
  }

  /**
   * Keeps all files together within their bound: the oldest of those that nobody writes any more go
   * first. Nothing is written while the others take as much as all may; it goes on once there is
   * room. Called every few seconds, between which files grow unseen.
   */
  public synchronized void keepWithinTotal() {
    try {
      List<Measured> sizes = sizes();
      long total = sizes.stream().mapToLong(Measured::bytes).sum();
      int removed = 0;
      for (Measured oldest : sizes) {
        if (total <= totalBytes) {
          break;
        }
        if (!written.contains(oldest.path()) && Files.deleteIfExists(oldest.path())) {
          total -= oldest.bytes();
          removed++;
        }
      }
      if (removed > 0) {
        LOG.infof(
            "removed files of programs, the oldest %d: all together may take %d bytes",
            removed, totalBytes);
      }
      tell(total > totalBytes);
    } catch (IOException e) {
      LOG.warnf("The files of programs cannot be measured (tried again): %s", e);
    }
  }

  private void tell(boolean now) {
    if (now && !exhausted) {
      LOG.warnf(
          "The files of all programs take more than %d bytes (agent.files.totalBytes): nothing is"
              + " written to them until some are removed",
          totalBytes);
    }
    exhausted = now;
  }

  /** A file below a program's folder. */
  private record Measured(Path path, long bytes, FileTime changed) {}

  /** All files of programs, the oldest first. */
  private List<Measured> sizes() throws IOException {
    List<Measured> sizes = new ArrayList<>();
    for (Path folderOfOne : folders()) {
      for (Path file : filesOf(folderOfOne)) {
        try {
          BasicFileAttributes attributes =
              Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
          sizes.add(new Measured(file, attributes.size(), attributes.lastModifiedTime()));
        } catch (NoSuchFileException e) {
          // It was rotated away meanwhile; the next look sees it under its new name.
        }
      }
    }
    sizes.sort(Comparator.comparing(Measured::changed));
    return sizes;
  }

  private static List<Path> filesOf(Path folderOfOne) throws IOException {
    try (Stream<Path> all = Files.list(folderOfOne)) {
      return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private Set<Path> folders() throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .filter(path -> PROGRAM.matcher(String.valueOf(path.getFileName())).matches())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void remove(Path folderOfOne) throws IOException {
    List<Path> files = filesOf(folderOfOne);
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    try (Stream<Path> rest = Files.list(folderOfOne)) {
      if (rest.findAny().isEmpty()) {
        Files.deleteIfExists(folderOfOne);
      }
    }
    if (!files.isEmpty()) {
      LOG.infof(
          "files of the program %2$s, which is gone: %1$d removed",
          files.size(), folderOfOne.getFileName());
    }
    ownerless.remove(folderOfOne);
  }
}
