package dev.whistler.compiler.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A deliberate defect: one edit of one source file of the compiler.
 *
 * @param name what is wrong with the code generator then
 * @param file below the compiler's package
 * @param text what stands there, exactly once
 * @param defect what stands there instead
 */
record Mutant(String name, String file, String text, String defect) {
  private static final Path SOURCES = Path.of("src/main/java/dev/whistler/compiler");

  /**
   * The text of the file with the defect.
   *
   * @throws IllegalStateException if the file has changed so that the edit no longer applies
   */
  String source() throws IOException {
    String whole = Files.readString(SOURCES.resolve(file));
    int at = whole.indexOf(text);
    if (at < 0 || whole.indexOf(text, at + 1) >= 0) {
      throw new IllegalStateException(
          "mutant \"%s\": its text stands %s in %s; write the defect anew"
              .formatted(name, at < 0 ? "nowhere" : "more than once", file));
    }
    return whole.substring(0, at) + defect + whole.substring(at + text.length());
  }

  /** The binary name of the file's class. */
  String className() {
    return "dev.whistler.compiler." + file.replace(".java", "").replace('/', '.');
  }

  @Override
  public String toString() {
    return name + " (" + file + ")";
  }
}
