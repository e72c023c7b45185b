package dev.whistler.testbed.machine;

import dev.whistler.testbed.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares what a run started, as our own tracing of it recorded, with {@link HostPrograms}: a
 * program of the machine must come from a declared package, from one that a declared package
 * depends on, from one that Debian always installs, or from what people bring by hand.
 */
public final class StartedPrograms {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Pattern FILE = Pattern.compile("\"file\":\"(/[^\"\\\\]*)\"");
  private static final List<String> SYSTEM_DIRECTORIES =
      List.of("/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/");

  private final Set<String> provided = new HashSet<>();
  private final List<Path> homes;
  private final Map<String, String> owners;

  /**
   * Whom programs belong to.
   *
   * @param installed the machine's packages by name
   * @param homes directories of what is brought by hand
   * @param owners the package of each path; a path without one belongs to none
   */
  StartedPrograms(
      HostPrograms declared,
      Map<String, InstalledPackage> installed,
      List<Path> homes,
      Map<String, String> owners) {
    installed.values().stream()
        .filter(InstalledPackage::always)
        .map(InstalledPackage::name)
        .forEach(name -> provide(name, installed));
    declared.packages().forEach(name -> provide(name, installed));
    this.homes = List.copyOf(homes);
    this.owners = Map.copyOf(owners);
  }

  /**
   * One package of the machine.
   *
   * @param always whether every Debian has it
   * @param dependencies names, alternatives and provided names included
   */
  record InstalledPackage(String name, boolean always, List<String> dependencies) {}

  /**
   * Prints what a run started but nobody declared, and ends with 1 if there is any.
   *
   * @param arguments the records of the run, as JSON lines
   */
  public static void main(String[] arguments) throws IOException {
    Set<String> started = started(Files.readString(Path.of(arguments[0])));
    if (started.isEmpty()) {
      System.out.println("FAILED  programs started: none was recorded in " + arguments[0]);
      System.exit(1);
    }
    HostPrograms declared = HostPrograms.read();
    Map<String, String> owners = new TreeMap<>();
    started.forEach(path -> owner(path).ifPresent(name -> owners.put(path, name)));
    List<Path> homes =
        declared.uses().stream()
            .filter(use -> use.debianPackage().isEmpty())
            .flatMap(use -> home(use).stream())
            .toList();
    List<String> undeclared =
        new StartedPrograms(declared, installed(), homes, owners).undeclared(started);
    undeclared.forEach(
        line -> System.out.println("FAILED  started, but not in programs.txt: " + line));
    System.out.printf(
        "%d programs of this machine started, %d of them not declared%n",
        started.size(), undeclared.size());
    System.exit(undeclared.isEmpty() ? 0 : 1);
  }

  /** The machine's programs among the files that were executed. */
  static Set<String> started(String records) {
    Set<String> paths = new TreeSet<>();
    Matcher matcher = FILE.matcher(records);
    while (matcher.find()) {
      String path = matcher.group(1);
      // What is not there belongs to a container's root, or is gone: nobody can need it installed.
      if (SYSTEM_DIRECTORIES.stream().anyMatch(path::startsWith)
          && Files.isExecutable(Path.of(path))) {
        paths.add(path);
      }
    }
    return paths;
  }

  /** Those that nothing declared brings, each with its package, in order. */
  List<String> undeclared(Set<String> started) {
    return started.stream()
        .filter(path -> homes.stream().noneMatch(home -> Path.of(path).startsWith(home)))
        .filter(path -> !provided.contains(owners.getOrDefault(path, "")))
        .map(path -> path + " of " + owners.getOrDefault(path, "no package"))
        .toList();
  }

  private void provide(String name, Map<String, InstalledPackage> installed) {
    InstalledPackage found = installed.get(name);
    if (found != null && provided.add(found.name())) {
      found.dependencies().forEach(dependency -> provide(dependency, installed));
    }
  }

  /** The directory above {@code bin}, without links. */
  private static Optional<Path> home(HostPrograms.Use use) {
    // The JDK that runs this is the one that the launcher chose.
    return use.name().equals("java")
        ? Optional.of(Path.of(System.getProperty("java.home")))
        : use.place()
            .map(StartedPrograms::withoutLinks)
            .map(path -> path.getParent())
            .map(path -> path.getParent());
  }

  private static Optional<String> owner(String path) {
    // Debian's packages name files before or after the merge of /bin into /usr/bin.
    String merged = path.startsWith("/usr/") ? path.substring("/usr".length()) : "/usr" + path;
    return Stream.of(path, merged, withoutLinks(Path.of(path)).toString())
        .flatMap(name -> search(name).stream())
        .findFirst();
  }

  private static Optional<String> search(String path) {
    try {
      return Command.run(LIMIT, List.of("dpkg-query", "--search", path))
          .lines()
          .filter(line -> line.endsWith(": " + path))
          .map(line -> line.substring(0, line.indexOf(": ")).split("[:,]", 2)[0])
          .filter(name -> !name.startsWith("diversion"))
          .findFirst();
    } catch (Command.FailedException e) {
      return Optional.empty();
    }
  }

  private static Path withoutLinks(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private static Map<String, InstalledPackage> installed() {
    String lines =
        Command.run(
            LIMIT,
            List.of(
                "dpkg-query",
                "--show",
                "--showformat=${Package}\\t${Essential}\\t${Priority}\\t${Pre-Depends}, ${Depends}\\t${Provides}\\n"));
    return parse(lines);
  }

  /** The packages in lines of name, essential, priority, dependencies and provided names. */
  static Map<String, InstalledPackage> parse(String lines) {
    Map<String, InstalledPackage> packages = new TreeMap<>();
    Map<String, String> provided = new TreeMap<>();
    for (String line : lines.lines().toList()) {
      String[] words = line.split("\t", -1);
      boolean always = words[1].equals("yes") || words[2].equals("required");
      packages.put(words[0], new InstalledPackage(words[0], always, names(words[3])));
      names(words[4]).forEach(name -> provided.put(name, words[0]));
    }
    provided.forEach(
        (name, provider) ->
            packages.putIfAbsent(name, new InstalledPackage(name, false, List.of(provider))));
    return packages;
  }

  private static List<String> names(String dependencies) {
    return Stream.of(dependencies.split("[,|]"))
        .map(text -> text.strip().split("[ :(]", 2)[0])
        .filter(name -> !name.isEmpty())
        .toList();
  }
}
