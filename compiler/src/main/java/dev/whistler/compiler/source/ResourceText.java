package dev.whistler.compiler.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text files that lie beside the compiler's classes. */
public final class ResourceText {
  private ResourceText() {}

  /**
   * A text in UTF-8.
   *
   * @param owner a class of the package that the file belongs to
   */
  public static String of(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the compiler's file " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the compiler's file " + name, e);
    }
  }
}
