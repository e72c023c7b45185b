package dev.whistler.testbed.kernels;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.UserCache;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.guest.GuestKernels.GuestKernel;
import dev.whistler.testbed.guest.GuestRoot;
import dev.whistler.testbed.guest.HostCommand;
import dev.whistler.testbed.machine.HostPrograms;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the guests get beside busybox and Java: the modules' classes and libraries as jars, a cache
 * of loaded classes made by a training run on this machine, the objects that clang and our compiler
 * make, and a loader on libbpf. Built once for all guests; deleted on close.
 */
final class TestPayload implements AutoCloseable {
  /** Whose classes and test classes are in the guest. */
  private static final List<String> MODULES = List.of("bpf", "runtime", "compiler", "tier");

  /** Programs that tests start; as {@code sh} the one that calls kill(2) through the C library. */
  private static final List<Program> PROGRAMS =
      List.of(new Program("/bin/bash", "bin/bash"), new Program("/bin/dash", "bin/sh"));

  /** What clsact needs and Debian's kernels have as modules. */
  private static final List<String> DRIVERS = List.of("sch_ingress", "cls_bpf", "veth");

  /** Only the first compiler of the virtual machine: the second one would eat the emulated time. */
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED",
          "-Dwhistler.objects=/objects");

  /** Repetitions that make a test long, cut down. */
  private static final List<String> SHORTER =
      List.of(
          "-Dwhistler.cycles=5",
          "-Dwhistler.updates=3",
          "-Dwhistler.identity.runs=1",
          "-Dwhistler.identity.events=2000",
          "-Dwhistler.kills=1");

  /** Kernel tests whose classes are most of what the others load. */
  private static final List<String> TRAINING =
      List.of(
          "dev.whistler.bpf.link.LinkTest",
          "dev.whistler.bpf.verifier.RejectedTest",
          "dev.whistler.runtime.RuntimeTest",
          "dev.whistler.runtime.ExamplesTest");

  /** This package, which is in the guest too. */
  private static final String OWN = "dev/whistler/testbed/kernels";

  /** Long runs of the corpus: how many programs about indices, and how many others, it has. */
  private static final List<String> CORPUS_SIZES =
      List.of("whistler.corpus.index", "whistler.corpus.random");

  /** Ten thousands of programs are compiled for the corpus of the long form. */
  private static final Duration LIMIT = Duration.ofMinutes(corpusOnly() ? 60 : 10);

  private static final String RUN_CORPUS = "dmesg -n 1\n/loader /corpus || [ $? = 1 ] # reported\n";

  private static final String RUN =
      """
      dmesg -n 1
      umount /sys/kernel/tracing # tests mount their own
      for driver in /drivers/*.ko; do insmod $driver; done
      mount -t tmpfs tmpfs /work
      mkdir /work/runtime
      ln -s /examples /work/examples
      /loader /corpus
      cd /work/runtime
      exec java %s -cp %s dev.whistler.testbed.kernels.GuestTests /tests
      """;

  private record Program(String file, String target) {}

  private final TemporaryDirectory directory;
  private final Repository repository;

  private TestPayload(TemporaryDirectory directory, Repository repository) {
    this.directory = directory;
    this.repository = repository;
  }

  /** Whether the guests only load the corpus. */
  static boolean corpusOnly() {
    return CORPUS_SIZES.stream().anyMatch(size -> System.getProperty(size) != null);
  }

  /** What this machine lacks to boot guests, in a sentence; empty where nothing is missing. */
  static Optional<String> missing() {
    return HostPrograms.read()
        .missing(
            "A guest",
            "qemu-system-x86_64",
            "cpio",
            "/bin/busybox",
            "gcc",
            "clang-19",
            "/usr/include/bpf/libbpf.h",
            "xz");
  }

  /** Builds it from what Maven has compiled. */
  static TestPayload build(Repository repository, TestList list)
      throws GuestException, IOException {
    TemporaryDirectory directory = TemporaryDirectory.create("whistler-kernels");
    TestPayload payload = new TestPayload(directory, repository);
    try {
      payload.buildLoader();
      payload.buildCorpus();
      if (!corpusOnly()) {
        payload.packJars();
        payload.buildObjects();
        Files.write(payload.at("tests"), list.classes());
        payload.train();
      }
      return payload;
    } catch (GuestException | IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private Path at(String name) {
    return directory.path().resolve(name);
  }

  private Path target(String module) {
    return repository.root().resolve(module).resolve("target");
  }

  private void packJars() throws IOException {
    Path jars = Files.createDirectory(at("app"));
    for (String module : MODULES) {
      pack(target(module).resolve("classes"), "", jars.resolve(module + ".jar"));
      pack(target(module).resolve("test-classes"), "", jars.resolve(module + "-tests.jar"));
    }
    pack(target("testbed").resolve("classes"), OWN, jars.resolve("report.jar"));
    pack(target("testbed").resolve("test-classes"), OWN, jars.resolve("run.jar"));
    try (Stream<Path> libraries = Files.list(target("testbed").resolve("kernels"))) {
      for (Path library : libraries.toList()) {
        Files.copy(library, jars.resolve(String.valueOf(library.getFileName())));
      }
    }
  }

  /** Packs the files below a part of a folder, not compressed. */
  private static void pack(Path folder, String part, Path jar) throws IOException {
    Path base = folder.toRealPath();
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> files = Files.walk(base.resolve(part))) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(base.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  private void buildObjects() throws GuestException {
    for (String builder :
        List.of("dev.whistler.bpf.PrebuiltObjects", "dev.whistler.runtime.PrebuiltObjects")) {
      var _ = runJava(builder, at("objects"));
    }
  }

  private void buildCorpus() throws GuestException {
    var _ = runJava("dev.whistler.compiler.reference.ExecutionCorpus", at("corpus"));
  }

  private String runJava(String main, Path argument) throws GuestException {
    String classPath =
        MODULES.stream()
            .flatMap(
                module ->
                    Stream.of(
                        target(module).resolve("test-classes"), target(module).resolve("classes")))
            .map(Path::toString)
            .collect(
                Collectors.joining(":", "", ":" + target("testbed").resolve("kernels") + "/*"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    for (String size : CORPUS_SIZES) {
      if (System.getProperty(size) != null) {
        command.add("-D" + size + "=" + System.getProperty(size));
      }
    }
    command.addAll(List.of("-cp", classPath, main, argument.toString()));
    return HostCommand.run(LIMIT, repository.root().resolve("compiler"), command);
  }

  private void buildLoader() throws GuestException {
    var _ =
        HostCommand.run(
            LIMIT,
            null,
            List.of(
                "gcc",
                "-O2",
                "-Wall",
                "-Werror",
                "-o",
                at("loader").toString(),
                repository.root().resolve("testbed/kernels/loader.c").toString(),
                "-lbpf"));
  }

  /**
   * Runs some tests here, so that the guests find their classes loaded and linked. Where that is
   * not possible the guests take longer.
   */
  private void train() throws IOException, GuestException {
    Files.write(at("training"), TRAINING);
    Files.createDirectories(at("work/runtime"));
    Files.createSymbolicLink(at("work/examples"), repository.root().resolve("examples"));
    Path java = GuestRoot.linkJava(javaCache());
    List<String> command = new ArrayList<>();
    command.add(java.resolve("bin/java").toString());
    command.add("-XX:AOTCacheOutput=" + at("tests.aot"));
    command.addAll(
        JAVA_OPTIONS.stream().map(o -> o.replace("/objects", at("objects") + "")).toList());
    command.addAll(SHORTER);
    command.addAll(List.of("-cp", classPath(at("app").toString())));
    command.addAll(List.of("dev.whistler.testbed.kernels.GuestTests", at("training").toString()));
    try {
      var _ = HostCommand.run(LIMIT, at("work/runtime"), command);
    } catch (GuestException e) {
      System.err.println("whistler: no class cache for the guests: " + e.getMessage());
    }
  }

  private static Path javaCache() {
    return UserCache.directory().resolve("java");
  }

  /** The jars in one order, on which the class cache depends. */
  private String classPath(String folder) throws IOException {
    try (Stream<Path> jars = Files.list(at("app"))) {
      return jars.map(jar -> folder + "/" + jar.getFileName())
          .sorted()
          .collect(Collectors.joining(":"));
    }
  }

  /** Puts it into a guest's root. */
  void addTo(GuestRoot root, GuestKernel kernel) throws GuestException, IOException {
    root.add(at("corpus"), "corpus").addProgram(at("loader"), "loader");
    if (corpusOnly()) {
      root.script("run.sh", RUN_CORPUS);
      return;
    }
    root.addJava(javaCache())
        .add(at("app"), "app")
        .add(at("objects"), "objects")
        .add(at("tests"), "tests")
        .add(repository.root().resolve("examples"), "examples")
        .script("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    for (Program program : PROGRAMS) {
      root.addProgram(Path.of(program.file()), program.target());
    }
    addDrivers(root, kernel);
    List<String> options = new ArrayList<>(JAVA_OPTIONS);
    options.addAll(SHORTER);
    if (Files.exists(at("tests.aot"))) {
      root.add(at("tests.aot"), "tests.aot");
      options.add("-XX:AOTCache=/tests.aot");
    }
    root.script("work/.keep", "")
        .script("run.sh", RUN.formatted(String.join(" ", options), classPath("/app")));
  }

  private static void addDrivers(GuestRoot root, GuestKernel kernel) throws GuestException {
    for (Path file : kernel.moduleFiles(DRIVERS)) {
      String target = "drivers/" + file.getFileName();
      root.add(file, target);
      if (target.endsWith(".xz")) {
        var _ = HostCommand.run(LIMIT, root.folder(), List.of("xz", "-d", target));
      }
    }
  }

  /** What the loader says of the corpus in this machine's own kernel. */
  String loadHere() throws GuestException {
    return HostCommand.run(
        LIMIT,
        null,
        List.of("sh", "-c", at("loader") + " " + at("corpus") + " || [ $? = 1 ] # reported"));
  }

  @Override
  public void close() {
    directory.close();
  }
}
