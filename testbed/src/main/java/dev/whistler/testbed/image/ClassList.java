package dev.whistler.testbed.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Which classes and lambdas go into the class caches: those that operator and agent were seen to
 * use, which is a file of this repository as profiles of other compilers are, and all classes of
 * our own. What is on the list and not in an application is passed over; what is missing on it is
 * loaded from its jar.
 *
 * @param lines in the JVM's format for class lists, without numbers, sorted
 */
record ClassList(SortedSet<String> lines) {
  private static final String TRAINED = "classes.list.gz";
  private static final String OURS = "dev/whistler/";

  /** The list that {@code ./whistler images --train} left in the repository. */
  static ClassList trained() {
    try (InputStream packed =
            Objects.requireNonNull(ClassList.class.getResourceAsStream(TRAINED), TRAINED);
        InputStream text = new GZIPInputStream(packed)) {
      return new ClassList(
          new TreeSet<>(new String(text.readAllBytes(), StandardCharsets.UTF_8).lines().toList()));
    } catch (IOException e) {
      throw new UncheckedIOException("The list of classes cannot be read.", e);
    }
  }

  /**
   * What a JVM has noted. Constant pool entries, classes of other loaders and our own classes are
   * left out: the first differ from run to run, the last are added by {@link #withOurs}.
   */
  static ClassList of(String noted) {
    TreeSet<String> lines = new TreeSet<>();
    for (String line : noted.lines().toList()) {
      if (line.startsWith("#") || line.startsWith("@cp") || line.contains(" source: ")) {
        continue;
      }
      String kept = line.startsWith("@") ? line : line.replaceFirst(" id: .*$", "");
      if (!kept.isBlank() && !kept.startsWith(OURS)) {
        lines.add(kept);
      }
    }
    return new ClassList(lines);
  }

  ClassList and(ClassList other) {
    TreeSet<String> all = new TreeSet<>(lines);
    all.addAll(other.lines);
    return new ClassList(all);
  }

  /** With every class of our own in these jars, so that a change of ours needs no training. */
  ClassList withOurs(List<Path> jars) {
    TreeSet<String> all = new TreeSet<>(lines);
    for (Path jar : jars) {
      try (JarFile open = new JarFile(jar.toFile());
          Stream<String> names = open.stream().map(entry -> entry.getName())) {
        names
            .filter(name -> name.startsWith(OURS) && name.endsWith(".class"))
            .filter(name -> !name.endsWith("package-info.class"))
            .forEach(name -> all.add(name.substring(0, name.length() - ".class".length())));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + jar + ".", e);
      }
    }
    return new ClassList(all);
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }

  byte[] packed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(bytes)) {
      packing.write(text().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
