package dev.whistler.testbed.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What tests and commands use of this machine, and the Debian packages that bring it: {@code
 * programs.txt}, the one place that says so. {@code .ci/run} installs from the same file.
 */
public record HostPrograms(List<Use> uses) {
  private static final String RESOURCE = "programs.txt";
  private static final List<Path> DIRECTORIES =
      List.of(
          Path.of("/usr/bin"),
          Path.of("/usr/sbin"),
          Path.of("/bin"),
          Path.of("/sbin"),
          Path.of("/usr/local/go/bin"));

  public HostPrograms {
    uses = List.copyOf(uses);
  }

  /**
   * One thing used.
   *
   * @param name of a program, or the absolute path of a file
   * @param debianPackage empty where the README asks people to bring it
   */
  public record Use(String name, Optional<String> debianPackage) {
    /** Where it is on this machine; empty where it is not. */
    public Optional<Path> place() {
      return name.startsWith("/")
          ? Optional.of(Path.of(name)).filter(Files::exists)
          : DIRECTORIES.stream()
              .map(directory -> directory.resolve(name))
              .filter(Files::isExecutable)
              .findFirst();
    }
  }

  /** The list of this module's resources. */
  public static HostPrograms read() {
    try (InputStream input = HostPrograms.class.getResourceAsStream(RESOURCE)) {
      if (input == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      return parse(new String(input.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A list of the same form: name, package or {@code -}, and anything; {@code #} begins a comment.
   *
   * @throws IllegalArgumentException for a line that lacks its package, naming the line
   */
  static HostPrograms parse(String text) {
    List<Use> uses = new ArrayList<>();
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", 3);
      if (words.length < 3) {
        throw new IllegalArgumentException(
            "no package or no purpose in the line of programs: " + line);
      }
      uses.add(new Use(words[0], words[1].equals("-") ? Optional.empty() : Optional.of(words[1])));
    }
    return new HostPrograms(uses);
  }

  /** The Debian packages, each once, in the order of the list. */
  public List<String> packages() {
    return uses.stream().flatMap(use -> use.debianPackage().stream()).distinct().toList();
  }

  /**
   * What is missing of some names of the list, in a sentence with the command that brings it; empty
   * where all is there.
   *
   * @param purpose the sentence's subject, as "A node"
   * @throws IllegalArgumentException for a name that the list lacks
   */
  public Optional<String> missing(String purpose, String... names) {
    List<Use> missing =
        Stream.of(names).map(this::named).filter(use -> use.place().isEmpty()).toList();
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    String install =
        String.join(
            " ", missing.stream().flatMap(use -> use.debianPackage().stream()).distinct().toList());
    return Optional.of(
        "%s needs %s; %s."
            .formatted(
                purpose,
                String.join(", ", missing.stream().map(Use::name).toList()),
                install.isEmpty() ? "install it" : "Debian: apt-get install " + install));
  }

  private Use named(String name) {
    return uses.stream()
        .filter(use -> use.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not in " + RESOURCE + ": " + name));
  }
}
