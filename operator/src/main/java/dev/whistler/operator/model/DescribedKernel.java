package dev.whistler.operator.model;

import dev.whistler.crds.TypesPieces;
import java.util.List;
import java.util.Optional;

/**
 * All that the compiler is told of a kernel, by what describes it. Its name says everything and
 * never stands for another kernel.
 *
 * @param profile name of its profile
 * @param types the pieces of its types; empty where it is described without them
 */
public record DescribedKernel(String profile, Optional<TypesPieces> types) {
  private static final String PART = ":";
  private static final String PIECE = ",";

  /** The profile's name, and the names of all pieces of types if there are any. */
  public String name() {
    return profile
        + types
            .map(
                it ->
                    PART
                        + String.join(PIECE, it.types())
                        + PART
                        + String.join(PIECE, it.functions()))
            .orElse("");
  }

  /** The kernel of such a name. */
  public static DescribedKernel named(String name) {
    String[] parts = name.split(PART, -1);
    return new DescribedKernel(
        parts[0],
        parts.length == 1
            ? Optional.empty()
            : Optional.of(
                new TypesPieces(
                    List.of(parts[1].split(PIECE, -1)), List.of(parts[2].split(PIECE, -1)))));
  }
}
