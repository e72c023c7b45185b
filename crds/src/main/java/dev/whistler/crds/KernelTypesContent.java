package dev.whistler.crds;

import dev.whistler.crds.KernelTypesSpec.Part;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A kernel's types as the API server takes them: two parts in pieces that fit into objects. A piece
 * is named after what it holds before it is compressed, so that agents with different compressors
 * name it alike, and it can be checked before the others are there.
 *
 * @param pieces their names in order
 * @param specs each piece by its name
 */
public record KernelTypesContent(TypesPieces pieces, Map<String, KernelTypesSpec> specs) {
  /** Most bytes of a piece before it is compressed; BTF becomes a third. */
  public static final int MAX_PLAIN_BYTES = 1536 * 1024;

  /** Most bytes of a part. */
  public static final int MAX_PART_BYTES = TypesPieces.MAX_PIECES * MAX_PLAIN_BYTES;

  public KernelTypesContent {
    specs = Map.copyOf(specs);
  }

  /**
   * Cuts.
   *
   * @param types BTF
   * @param functions BTF on top of it
   * @throws MalformedContentException if this kernel's types are more than objects hold
   */
  public static KernelTypesContent of(byte[] types, byte[] functions)
      throws MalformedContentException {
    SortedMap<String, KernelTypesSpec> specs = new TreeMap<>();
    TypesPieces pieces =
        new TypesPieces(cut(Part.TYPES, types, specs), cut(Part.FUNCTIONS, functions, specs));
    return new KernelTypesContent(pieces, specs);
  }

  private static List<String> cut(Part part, byte[] bytes, Map<String, KernelTypesSpec> into)
      throws MalformedContentException {
    if (bytes.length == 0 || bytes.length > MAX_PART_BYTES) {
      throw new MalformedContentException(
          "The kernel's types have a part of "
              + bytes.length
              + " bytes; more than none and at most "
              + MAX_PART_BYTES
              + " fit into objects.");
    }
    String partDigest = Digest.of(bytes).hex();
    int count = (bytes.length + MAX_PLAIN_BYTES - 1) / MAX_PLAIN_BYTES;
    List<String> names = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      int start = index * MAX_PLAIN_BYTES;
      byte[] piece =
          Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + MAX_PLAIN_BYTES));
      byte[] gzip = Gzip.compress(piece);
      if (gzip.length > KernelTypesSpec.MAX_PIECE_BYTES) {
        throw new MalformedContentException(
            "A piece of the kernel's types has "
                + gzip.length
                + " bytes compressed, more than the "
                + KernelTypesSpec.MAX_PIECE_BYTES
                + " that an object holds.");
      }
      Digest digest = Digest.of(piece);
      names.add(digest.name());
      into.put(
          digest.name(),
          new KernelTypesSpec(
              part,
              null,
              index,
              count,
              partDigest,
              digest.hex(),
              Base64.getEncoder().encodeToString(gzip)));
    }
    return Collections.unmodifiableList(names);
  }

  /**
   * Checks a piece that somebody wrote.
   *
   * @return it, compressed
   * @throws MalformedContentException if it is too large, or not what its name says
   */
  public static byte[] checked(String name, KernelTypesSpec spec) throws MalformedContentException {
    if (spec.content().length() > KernelTypesSpec.MAX_BASE64) {
      throw new MalformedContentException(
          "The content is longer than " + KernelTypesSpec.MAX_BASE64 + " characters.");
    }
    byte[] gzip;
    try {
      gzip = Base64.getDecoder().decode(spec.content());
    } catch (IllegalArgumentException e) {
      throw new MalformedContentException("The content is not base64: " + e.getMessage() + ".");
    }
    byte[] plain = Gzip.decompress(gzip, MAX_PLAIN_BYTES);
    if (!Digest.of(plain).name().equals(name)) {
      throw new MalformedContentException("The content does not have the digest that is stated.");
    }
    return gzip;
  }

  /**
   * A part again.
   *
   * @param pieces all of its pieces in order, compressed, as {@link #checked} gave them
   * @throws MalformedContentException if they are none
   */
  public static byte[] joined(List<byte[]> pieces) throws MalformedContentException {
    if (pieces.size() == 1) {
      return Gzip.decompress(pieces.getFirst(), MAX_PLAIN_BYTES);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(pieces.size() * MAX_PLAIN_BYTES);
    for (byte[] piece : pieces) {
      whole.writeBytes(Gzip.decompress(piece, MAX_PLAIN_BYTES));
    }
    return whole.toByteArray();
  }
}
