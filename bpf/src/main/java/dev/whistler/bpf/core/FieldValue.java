package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;

/** What is asked about a field, worked out for a place in the kernel's type. */
final class FieldValue {
  private FieldValue() {}

  static long of(CoreKind kind, Btf btf, FieldPath.Place place) {
    return switch (kind) {
      case FIELD_EXISTS -> 1;
      case FIELD_SIGNED ->
          switch (btf.type(place.type())) {
            case BtfType.Int integer -> integer.signed() ? 1 : 0;
            case BtfType.Enumeration enumeration -> enumeration.signed() ? 1 : 0;
            default -> 0;
          };
      case FIELD_BYTE_OFFSET -> place.bits() == 0 ? place.bitOffset() / 8 : word(btf, place).offset;
      case FIELD_BYTE_SIZE -> place.bits() == 0 ? btf.sizeOf(place.type()) : word(btf, place).bytes;
      // Little-endian: the field's highest bit goes to bit 63, then the field down to bit 0.
      case FIELD_LSHIFT_U64 -> {
        Word word = word(btf, place);
        yield 64 - (place.bitOffset() - word.offset * 8 + bits(btf, place));
      }
      case FIELD_RSHIFT_U64 -> 64 - bits(btf, place);
      default -> throw new IllegalArgumentException(kind + " is not asked about fields");
    };
  }

  private record Word(long offset, long bytes) {}

  /** The smallest aligned word that holds the whole field, beginning with its declared type. */
  private static Word word(Btf btf, FieldPath.Place place) {
    long bytes = btf.sizeOf(place.type());
    long offset = place.bitOffset() / 8 / bytes * bytes;
    while (place.bitOffset() + bits(btf, place) - offset * 8 > bytes * 8 && bytes < 8) {
      bytes *= 2;
      offset = place.bitOffset() / 8 / bytes * bytes;
    }
    return new Word(offset, bytes);
  }

  private static long bits(Btf btf, FieldPath.Place place) {
    return place.bits() == 0 ? btf.sizeOf(place.type()) * 8 : place.bits();
  }
}
