package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfType;

/** What is asked about a field, worked out for its place in a type. */
final class FieldValue {
  private FieldValue() {}

  static long of(CoreKind kind, FieldPath path) {
    FieldPath.Place place = path.place();
    Btf btf = path.btf();
    if (path.endsAtElement()) {
      return switch (kind) {
        case FIELD_EXISTS -> 1;
        case FIELD_BYTE_OFFSET -> place.bitOffset() / 8;
        case FIELD_BYTE_SIZE -> btf.sizeOf(place.type());
        default ->
            throw new BtfException(
                "a CO-RE relocation asks for bits or sign of an element of an array");
      };
    }
    return switch (kind) {
      case FIELD_EXISTS -> 1;
      case FIELD_SIGNED -> isSigned(btf.type(place.type())) ? 1 : 0;
      case FIELD_BYTE_OFFSET -> word(btf, place).offset;
      case FIELD_BYTE_SIZE -> word(btf, place).bytes;
      // Little-endian: the field's highest bit goes to bit 63, then the field down to bit 0.
      case FIELD_LSHIFT_U64 -> {
        Word word = word(btf, place);
        yield 64 - (place.bitOffset() - word.offset * 8 + bits(btf, place));
      }
      case FIELD_RSHIFT_U64 -> 64 - bits(btf, place);
      default -> throw new IllegalArgumentException(kind + " is not asked about fields");
    };
  }

  static boolean isSigned(BtfType type) {
    return switch (type) {
      case BtfType.Int integer -> integer.signed();
      case BtfType.Enumeration enumeration -> enumeration.signed();
      default -> false;
    };
  }

  private record Word(long offset, long bytes) {}

  /** The field or, for a bit-field, the smallest aligned word of its type that holds it whole. */
  private static Word word(Btf btf, FieldPath.Place place) {
    long bytes = btf.sizeOf(place.type());
    if (place.bits() == 0) {
      return new Word(place.bitOffset() / 8, bytes);
    }
    if (bytes < 1 || bytes > 8) {
      throw new BtfException("a bit-field has a type of " + bytes + " bytes");
    }
    long offset = place.bitOffset() / 8 / bytes * bytes;
    while (place.bitOffset() + place.bits() > (offset + bytes) * 8) {
      if (bytes >= 8) {
        throw new BtfException(
            "a bit-field of "
                + place.bits()
                + " bits of the kernel lies so that no load of 8 bytes reaches all of it");
      }
      bytes *= 2;
      offset = place.bitOffset() / 8 / bytes * bytes;
    }
    return new Word(offset, bytes);
  }

  private static long bits(Btf btf, FieldPath.Place place) {
    return place.bits() == 0 ? btf.sizeOf(place.type()) * 8 : place.bits();
  }
}
