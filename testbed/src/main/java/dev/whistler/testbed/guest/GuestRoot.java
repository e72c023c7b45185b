package dev.whistler.testbed.guest;

import dev.whistler.testbed.machine.HostPrograms;
import dev.whistler.testbed.process.Command;
import dev.whistler.testbed.process.JavaRuntime;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder that becomes a guest's root file system: busybox, a small Java run-time, the libraries
 * they need, and what the caller adds. Deleted on close.
 */
public final class GuestRoot implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** What the tests and the agent need of the JDK. */
  private static final JavaRuntime JAVA =
      new JavaRuntime(
          List.of(
              "java.base",
              "java.logging",
              "java.management",
              "java.naming",
              "java.sql",
              "java.xml",
              "java.instrument",
              "jdk.unsupported",
              "java.desktop"),
          List.of());

  private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+\\.so\\S*) \\(");

  private final Path folder;

  private GuestRoot(Path folder) {
    this.folder = folder;
  }

  /** A root with busybox alone. */
  public static GuestRoot create() throws GuestException {
    try {
      GuestRoot root = new GuestRoot(Files.createTempDirectory("whistler-guest"));
      Path busybox = Path.of("/bin/busybox");
      if (!Files.isExecutable(busybox)) {
        root.close();
        throw new GuestException(
            HostPrograms.read()
                .missing("A guest", busybox.toString())
                .orElse("busybox cannot be executed: " + busybox));
      }
      root.add(busybox, "bin/busybox");
      return root;
    } catch (IOException e) {
      throw new GuestException("cannot make the guest's root folder: " + e.getMessage(), e);
    }
  }

  public Path folder() {
    return folder;
  }

  /** Copies a file or a tree to a path below the root. */
  public GuestRoot add(Path source, String target) throws GuestException {
    try {
      Path to = folder.resolve(target);
      Files.createDirectories(to.getParent() == null ? folder : to.getParent());
      if (Files.isDirectory(source)) {
        copyTree(source, to);
      } else {
        Files.copy(
            source, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
      }
      return this;
    } catch (IOException e) {
      throw new GuestException("cannot copy " + source + ": " + e.getMessage(), e);
    }
  }

  /** Copies what is in a folder to the root itself. */
  public GuestRoot addAll(Path content) throws GuestException {
    try {
      copyTree(content, folder);
      return this;
    } catch (IOException e) {
      throw new GuestException("cannot copy " + content + ": " + e.getMessage(), e);
    }
  }

  /** Writes an executable script. */
  public GuestRoot script(String target, String text) throws GuestException {
    try {
      Path to = folder.resolve(target);
      Files.createDirectories(to.getParent() == null ? folder : to.getParent());
      Files.writeString(to, text, StandardCharsets.UTF_8);
      Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
      return this;
    } catch (IOException e) {
      throw new GuestException("cannot write " + target + ": " + e.getMessage(), e);
    }
  }

  /** Adds a program of this machine with the libraries it is linked with. */
  public GuestRoot addProgram(Path program, String target) throws GuestException {
    return add(program, target).addLibrariesOf(program);
  }

  /** Adds {@code /java}: the run-time of {@link #linkJava}. */
  public GuestRoot addJava(Path cache) throws GuestException {
    Path runtime = linkJava(cache);
    return add(runtime, "java")
        .addLibrariesOf(runtime.resolve("bin/java"))
        .addLibrariesOf(runtime.resolve("lib/server/libjvm.so"));
  }

  /** The guests' run-time in this cache, linked if it is not there yet. */
  public static Path linkJava(Path cache) throws GuestException {
    try {
      return JAVA.link(cache);
    } catch (IOException | Command.FailedException e) {
      throw new GuestException("cannot link a Java run-time: " + e.getMessage(), e);
    }
  }

  private GuestRoot addLibrariesOf(Path binary) throws GuestException {
    Set<Path> libraries = new LinkedHashSet<>();
    Matcher match =
        LIBRARY.matcher(HostCommand.run(LIMIT, null, List.of("ldd", binary.toString())));
    while (match.find()) {
      libraries.add(Path.of(match.group(1)));
    }
    for (Path library : libraries) {
      if (!library.startsWith(binary.getParent() == null ? Path.of("/") : binary.getParent())) {
        add(library, library.toString().substring(1));
      }
    }
    return this;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(dir).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                to.resolve(from.relativize(file).toString()),
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() {
    try {
      TemporaryDirectory.delete(folder);
    } catch (IOException e) {
      System.err.println("cannot remove " + folder + ": " + e.getMessage());
    }
  }
}
