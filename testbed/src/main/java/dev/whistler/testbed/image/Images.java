package dev.whistler.testbed.image;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.UserCache;
import dev.whistler.testbed.process.Command.FailedException;
import dev.whistler.testbed.process.JavaRuntime;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./whistler images}: builds the images of operator and agent. */
@Command(
    name = "images",
    mixinStandardHelpOptions = true,
    description = "Builds the container images of operator and agent; needs no container run-time.",
    footer = {
      "",
      "Writes DIR/operator and DIR/agent (OCI layouts), DIR/operator.tar and DIR/agent.tar (Docker",
      "archives) and DIR/*.cdx.json (bills of materials). For instance:",
      "  ./whistler images -o /tmp/images",
      "  ctr -n k8s.io images import /tmp/images/agent.tar",
      "  skopeo copy oci:/tmp/images/agent docker://registry.example.com/whistler/agent:0.1.0"
    })
public final class Images implements Callable<Integer> {
  private static final int MACHINE_CANNOT = 3;
  private static final Duration GIT_LIMIT = Duration.ofSeconds(10);
  private static final double MIB = 1 << 20;

  /**
   * What {@code jdeps} finds, less what only unused parts of libraries want (java.desktop,
   * java.compiler, java.rmi), and what is found by name at run time: zipfs for resources in jars,
   * and what Kafka's login refers to.
   */
  private static final JavaRuntime JAVA =
      new JavaRuntime(
          List.of(
              "java.base",
              "java.logging",
              "java.management",
              "java.naming",
              "java.net.http",
              "java.security.jgss",
              "java.security.sasl",
              "java.sql",
              "java.xml",
              "jdk.management",
              "jdk.unsupported",
              "jdk.zipfs"),
          // The layer is compressed as a whole, which is smaller and starts faster.
          List.of("--compress=zip-0"));

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where the images go; made if it is not there.")
  private @Nullable Path output;

  @Option(names = "--only", paramLabel = "IMAGE", description = "Only this one: operator or agent.")
  private @Nullable Component only;

  @Option(
      names = "--repository",
      paramLabel = "NAME",
      defaultValue = "whistler",
      description = "Registry and path before the images' names (default: ${DEFAULT-VALUE}).")
  private String repository = "whistler";

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "Tag of the images (default: the version of the project).")
  private @Nullable String tag;

  @Option(
      names = "--base",
      paramLabel = "IMAGE",
      description = "Build on this image of a registry (with glibc) instead of on Debian packages.")
  private @Nullable String base;

  @Option(
      names = "--no-class-cache",
      description = "Leave the JVM's class cache out: smaller, and starts three times slower.")
  private boolean withoutClassCache;

  @Option(
      names = "--unpacked",
      description = "Leave the images' files in DIR/operator.root and DIR/agent.root, too.")
  private boolean unpacked;

  @Option(
      names = "--train",
      description = "Instead of building, find out anew which classes belong into the class cache.")
  private boolean train;

  private final Repository sources = Repository.find();

  /** Exit codes: 0 done, 2 wrong usage, 3 this machine cannot do it. */
  public static void main(String[] arguments) {
    CommandLine line =
        new CommandLine(new Images())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                  if (failure instanceof ImageException) {
                    System.err.println("whistler: " + failure.getMessage());
                    return MACHINE_CANNOT;
                  }
                  throw failure;
                });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Progress progress = Progress.timed(System.err);
    if (train) {
      trainAll(progress);
      return 0;
    }
    if (output == null) {
      System.err.println("whistler: images needs -o DIR, where the images go");
      return CommandLine.ExitCode.USAGE;
    }
    Path into = Files.createDirectories(output.toAbsolutePath().normalize());
    for (Component component : only == null ? List.of(Component.values()) : List.of(only)) {
      build(component, into, progress);
    }
    return 0;
  }

  /**
   * Builds both images with their default names, as {@code images -o DIR} does.
   *
   * @param directory made if it is not there
   * @throws ImageException when this machine cannot
   */
  public static void buildInto(Path directory, Progress progress) throws IOException {
    Images images = new Images();
    Files.createDirectories(directory);
    for (Component component : Component.values()) {
      images.build(component, directory.toAbsolutePath().normalize(), progress);
    }
  }

  private void build(Component component, Path into, Progress progress) throws IOException {
    try (TemporaryDirectory work = TemporaryDirectory.create("whistler-image-")) {
      ImageRoot root = assemble(component, work.path().resolve("root"));
      progress.say(component.imageName() + ": files of the image are together");
      if (!withoutClassCache) {
        ClassArchive.addTo(root);
        progress.say(component.imageName() + ": class cache made");
      }
      byte[] sbom = Sbom.of(component, version(), root, dependencies(component));
      root.add(ImageRoot.SBOM, sbom);
      Files.write(into.resolve(component.imageName() + ".cdx.json"), sbom);
      String reference =
          "%s/%s:%s".formatted(repository, component.imageName(), tag == null ? version() : tag);
      ImageFiles.Written written =
          new ImageFiles(Optional.ofNullable(base), work.path().resolve("layers"))
              .write(root, component, reference, labels(component), into);
      if (unpacked) {
        Path kept = into.resolve(component.imageName() + ".root");
        TemporaryDirectory.delete(kept);
        Trees.copy(root.folder(), kept);
      }
      progress.say(
          String.format(
              Locale.ROOT,
              "%s: %s, %.1f MiB compressed, %s",
              component.imageName(),
              reference,
              written.bytes() / MIB,
              written.digest()));
    }
  }

  private void trainAll(Progress progress) throws IOException {
    List<ClassList> seen = new ArrayList<>();
    for (Component component : Component.values()) {
      try (TemporaryDirectory work = TemporaryDirectory.create("whistler-image-")) {
        progress.say(component.imageName() + " runs for a while");
        seen.add(Training.run(assemble(component, work.path().resolve("root"))));
      }
    }
    Training.keep(
        seen, sources.root().resolve("testbed/src/main/resources/dev/whistler/testbed/image"));
    progress.say("classes.list.gz written");
  }

  private ImageRoot assemble(Component component, Path folder) throws IOException {
    Path application = dependencies(component).resolveSibling("");
    return ImageRoot.assemble(
        Files.createDirectories(folder),
        new DebianPackages(UserCache.directory().resolve("packages")),
        javaRuntime(),
        application,
        component);
  }

  private Path javaRuntime() {
    try {
      return JAVA.link(UserCache.directory().resolve("java"));
    } catch (IOException | FailedException e) {
      throw new ImageException("No Java run-time can be linked: " + e.getMessage(), e);
    }
  }

  private Path dependencies(Component component) {
    Path list =
        sources
            .root()
            .resolve(component.module())
            .resolve("target/quarkus-app/quarkus-app-dependencies.txt");
    if (!Files.isRegularFile(list)) {
      throw new ImageException(
          component.module() + " is not built: " + list + " is missing; run mvn package first.");
    }
    return list;
  }

  private Map<String, String> labels(Component component) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("org.opencontainers.image.title", "whistler-" + component.imageName());
    labels.put("org.opencontainers.image.description", component.title());
    labels.put("org.opencontainers.image.version", version());
    labels.put("org.opencontainers.image.licenses", "Apache-2.0");
    labels.put("org.opencontainers.image.vendor", "Whistler for Kubernetes");
    labels.put("org.opencontainers.image.created", ImageRoot.TIME.toString());
    revision().ifPresent(id -> labels.put("org.opencontainers.image.revision", id));
    if (base != null) {
      labels.put("org.opencontainers.image.base.name", base);
    }
    return labels;
  }

  private Optional<String> revision() {
    try {
      return Optional.of(
          HostTool.run(GIT_LIMIT, sources.root(), List.of("git", "rev-parse", "HEAD")).strip());
    } catch (ImageException notARepository) {
      return Optional.empty();
    }
  }

  /** The chart's {@code appVersion}, so that images and chart of one checkout fit together. */
  private String version() {
    Path chart = sources.root().resolve("helm/whistler/Chart.yaml");
    try {
      Matcher version =
          Pattern.compile("(?m)^appVersion: \"?([^\"\\s]+)").matcher(Files.readString(chart));
      if (version.find()) {
        return version.group(1);
      }
      throw new ImageException(chart + " has no appVersion.");
    } catch (IOException e) {
      throw new ImageException("Cannot read " + chart + ".", e);
    }
  }
}
