package dev.whistler.runtime;

import java.util.Objects;

/**
 * Who a program is, as it appears in every record and as its pins are named.
 *
 * @param node name of the node, at most 253 characters
 * @param program name of the program as its author gave it
 * @param uid identity that no other program ever has; letters, digits and {@code -}, at most 64
 * @param revision positive number of the revision; 1 where there is none
 */
public record Identity(String node, String program, String uid, long revision) {
  public Identity {
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(program, "program");
    if (!uid.matches("[A-Za-z0-9-]{1,64}")) {
      throw new IllegalArgumentException(
          "A program's uid has 1 to 64 letters, digits and hyphens; this one does not.");
    }
    if (revision < 1) {
      throw new IllegalArgumentException("A revision is a positive number, not " + revision + ".");
    }
  }
}
