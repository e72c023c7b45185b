package dev.whistler.cli.start;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Copies the jars of a directory, with the classes that a start of the command line needs in the
 * form that the class cache of the JVM keeps. They do the same.
 */
public final class ClassPathRewrite {
  /** What a start loads and the cache would refuse; the other jars are copied as they are. */
  private static final List<String> REWRITTEN =
      List.of("picocli-", "compiler-", "bpf-", "runtime-", "cli-");

  private ClassPathRewrite() {}

  /**
   * Takes two directories: where the jars are, and where the copies go, which is made.
   *
   * @throws IOException if one cannot be read or written
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw new IllegalArgumentException("Give the directory of the jars and that of the copies.");
    }
    copy(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        String name = String.valueOf(jar.getFileName());
        if (REWRITTEN.stream().anyMatch(name::startsWith)) {
          rewrite(jar, to.resolve(name));
        } else {
          Files.copy(jar, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void rewrite(Path from, Path to) throws IOException {
    Map<String, byte[]> entries = entries(from);
    ClassRewrite classes = new ClassRewrite(entries);
    try (OutputStream file = Files.newOutputStream(to);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        String name = entry.getKey();
        out.putNextEntry(new JarEntry(name));
        out.write(
            name.endsWith(".class") && !name.endsWith("module-info.class")
                ? classes.rewrite(entry.getValue())
                : entry.getValue());
        out.closeEntry();
      }
    }
  }

  private static Map<String, byte[]> entries(Path jar) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        try (var in = file.getInputStream(entry)) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return entries;
  }
}
