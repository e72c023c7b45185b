package dev.whistler.testbed.image;

import dev.whistler.testbed.image.DebianPackages.DebianPackage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that looks like the image from inside: what is at {@code /opt} in the image is at {@code
 * opt} in here, with the same modification times, because the JVM's class cache is bound to paths
 * and times.
 *
 * <p>Beside the JVM's own needs it holds what programs expect of a system: accounts, certificate
 * authorities, names of services. There is no shell, no package manager and no time zone data (the
 * JVM brings its own).
 */
final class ImageRoot {
  /** Modification time of everything, and when the image says that it was created. */
  static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");

  static final String JAVA = "opt/java";
  static final String APPLICATION = "opt/whistler";
  static final String LIBRARIES = APPLICATION + "/lib";
  static final String CLASS_CACHE = APPLICATION + "/classes.aot";
  static final String CHORES = APPLICATION + "/chore.args";
  static final String SBOM = APPLICATION + "/sbom.cdx.json";

  private static final List<String> PACKAGES =
      List.of("base-files", "ca-certificates", "libc6", "netbase");

  private static final Set<String> C_LIBRARY =
      Set.of(
          "libc.so.6",
          "libdl.so.2",
          "libm.so.6",
          "libnss_dns.so.2",
          "libnss_files.so.2",
          "libpthread.so.0",
          "libresolv.so.2",
          "librt.so.1");

  private static final String ACCOUNTS =
      """
      root:x:0:0:root:/:/sbin/nologin
      whistler:x:65532:65532:whistler:/:/sbin/nologin
      nobody:x:65534:65534:nobody:/:/sbin/nologin
      """;

  private static final String GROUPS =
      """
      root:x:0:
      whistler:x:65532:
      nogroup:x:65534:
      """;

  private final Path folder;
  private final List<DebianPackage> packages;

  /** A folder that is filled already. */
  ImageRoot(Path folder, List<DebianPackage> packages) {
    this.folder = folder;
    this.packages = packages;
  }

  /**
   * Fills an empty folder.
   *
   * @param java a run-time, see {@link dev.whistler.testbed.process.JavaRuntime}
   * @param application a {@code quarkus-app} folder
   * @param component which application that is
   */
  static ImageRoot assemble(
      Path folder, DebianPackages debian, Path java, Path application, Component component) {
    ImageRoot root = new ImageRoot(folder, debian.fetch(PACKAGES));
    try {
      root.addSystem();
      Trees.copy(java, folder.resolve(JAVA));
      root.addCertificates();
      root.addApplication(application);
      if (component == Component.OPERATOR) {
        root.write(CHORES, JavaCommand.choreArguments());
      }
      root.setTimes();
    } catch (IOException | GeneralSecurityException e) {
      throw new ImageException("The image cannot be put together: " + e.getMessage(), e);
    }
    return root;
  }

  Path folder() {
    return folder;
  }

  Path path(String inside) {
    return folder.resolve(inside);
  }

  List<DebianPackage> packages() {
    return packages;
  }

  private void addSystem() throws IOException {
    for (String empty : List.of("dev", "proc", "run", "sys", "tmp", "var/lib/whistler")) {
      Files.createDirectories(path(empty));
    }
    write("etc/passwd", ACCOUNTS);
    write("etc/group", GROUPS);
    write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n");
    for (DebianPackage debian : packages) {
      addFiles(debian);
      Trees.copy(
          debian.files().resolve("usr/share/doc").resolve(debian.name()).resolve("copyright"),
          path("usr/share/doc/" + debian.name() + "/copyright"));
      // Where scanners of images without a package manager look.
      write("var/lib/dpkg/status.d/" + debian.name(), debian.control());
    }
  }

  private void addFiles(DebianPackage debian) throws IOException {
    switch (debian.name()) {
      case "base-files" -> {
        copy(debian, "etc/debian_version", "etc/debian_version");
        copy(debian, "usr/lib/os-release", "etc/os-release");
        copy(debian, "usr/lib/os-release", "usr/lib/os-release");
      }
      case "netbase" -> {
        copy(debian, "etc/protocols", "etc/protocols");
        copy(debian, "etc/services", "etc/services");
      }
      case "libc6" -> addLibraries(debian);
      case "ca-certificates" -> write("etc/ssl/certs/ca-certificates.crt", bundle(debian));
      default ->
          throw new ImageException("Nobody said which files of " + debian.name() + " are needed.");
    }
  }

  private void addLibraries(DebianPackage libc) throws IOException {
    for (Path library : Trees.content(libc.files())) {
      String name = name(library);
      if (C_LIBRARY.contains(name)) {
        Trees.copy(library, folder.resolve(libc.files().relativize(library).toString()));
      } else if (name.startsWith("ld-linux-")
          && Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)) {
        // The loader's path is a part of each program; the package has a symbolic link there.
        Trees.copy(library, path(name.contains("x86-64") ? "lib64/" + name : "lib/" + name));
      }
    }
  }

  private void copy(DebianPackage debian, String from, String to) throws IOException {
    Trees.copy(debian.files().resolve(from), path(to));
  }

  private static String bundle(DebianPackage authorities) throws IOException {
    StringBuilder bundle = new StringBuilder();
    for (Path file : Trees.content(authorities.files().resolve("usr/share/ca-certificates"))) {
      if (name(file).endsWith(".crt")) {
        bundle.append(Files.readString(file).strip()).append('\n');
      }
    }
    return bundle.toString();
  }

  /** The JDK's own store may hold authorities that only this machine trusts. */
  private void addCertificates() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    DebianPackage authorities =
        packages.stream().filter(p -> p.name().equals("ca-certificates")).findFirst().orElseThrow();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Path file : Trees.content(authorities.files().resolve("usr/share/ca-certificates"))) {
      if (name(file).endsWith(".crt")) {
        try (var in = Files.newInputStream(file)) {
          store.setCertificateEntry(
              name(file).toLowerCase(Locale.ROOT), factory.generateCertificate(in));
        }
      }
    }
    try (OutputStream out = Files.newOutputStream(path(JAVA + "/lib/security/cacerts"))) {
      // Without a password there is no salt, and the same authorities give the same bytes.
      store.store(out, null);
    }
  }

  private void addApplication(Path application) throws IOException {
    for (String part : List.of("app", "lib", "quarkus", "quarkus-run.jar")) {
      Trees.copy(application.resolve(part), path(APPLICATION).resolve(part));
    }
  }

  private void write(String inside, String text) throws IOException {
    Path file = path(inside);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text);
  }

  private void setTimes() throws IOException {
    FileTime time = FileTime.from(TIME);
    for (Path file : Trees.content(folder)) {
      Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(time, time, time);
    }
  }

  /** Adds a file that is made from the others. */
  void add(String inside, byte[] content) {
    try {
      Files.write(path(inside), content);
      Files.setLastModifiedTime(path(inside), FileTime.from(TIME));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + inside + ".", e);
    }
  }

  /** The jars of the application, in the order of their names. */
  List<Path> jars() {
    try (Stream<Path> files = Files.walk(path(APPLICATION))) {
      return files.filter(file -> name(file).endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String name(Path file) {
    return Objects.requireNonNull(file.getFileName(), "not a root").toString();
  }
}
