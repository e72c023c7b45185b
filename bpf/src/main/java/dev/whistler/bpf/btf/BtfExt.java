package dev.whistler.bpf.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code .BTF.ext} section: which instruction is which function, source line, and access to a
 * kernel structure. Offsets are bytes in the ELF section that a record belongs to.
 */
public final class BtfExt {
  private static final int MAGIC = 0xeb9f;
  private static final int HEADER_BYTES = 24;

  private final List<FunctionInfo> functions;
  private final List<LineInfo> lines;
  private final List<CoreRelocation> coreRelocations;

  private BtfExt(
      List<FunctionInfo> functions, List<LineInfo> lines, List<CoreRelocation> coreRelocations) {
    this.functions = List.copyOf(functions);
    this.lines = List.copyOf(lines);
    this.coreRelocations = List.copyOf(coreRelocations);
  }

  /** A function begins at an instruction. */
  public record FunctionInfo(String section, int offset, int type) {}

  /**
   * A source line begins at an instruction.
   *
   * @param fileName offset of the file name in BTF's strings
   * @param text offset of the line's text in BTF's strings
   * @param position line shifted left by 10, and column
   */
  public record LineInfo(String section, int offset, int fileName, int text, int position) {
    /** The line, from 1. */
    public int line() {
      return position >>> 10;
    }

    /** The column, from 1; 1023 also stands for anything beyond. */
    public int column() {
      return position & 0x3ff;
    }
  }

  /**
   * An instruction depends on the layout of a kernel type.
   *
   * @param type local type id
   * @param access what is accessed, as "0:1:2"
   * @param kind enum bpf_core_relo_kind
   */
  public record CoreRelocation(String section, int offset, int type, String access, int kind) {}

  /** Functions without lines. */
  public static BtfExt of(List<FunctionInfo> functions) {
    return new BtfExt(functions, List.of(), List.of());
  }

  /** A section without anything in it. */
  public static BtfExt empty() {
    return new BtfExt(List.of(), List.of(), List.of());
  }

  /**
   * Reads the section.
   *
   * @param btf the type information that it refers to
   * @throws BtfException if it is damaged
   */
  public static BtfExt parse(byte[] section, Btf btf) {
    ByteBuffer bytes = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
    if (section.length < HEADER_BYTES || Short.toUnsignedInt(bytes.getShort(0)) != MAGIC) {
      throw new BtfException("this is no little-endian .BTF.ext");
    }
    int header = bytes.getInt(4);
    List<FunctionInfo> functions = new ArrayList<>();
    List<LineInfo> lines = new ArrayList<>();
    List<CoreRelocation> relocations = new ArrayList<>();
    read(
        bytes,
        header,
        8,
        8,
        btf,
        (name, at) ->
            functions.add(new FunctionInfo(name, bytes.getInt(at), bytes.getInt(at + 4))));
    read(
        bytes,
        header,
        16,
        16,
        btf,
        (name, at) ->
            lines.add(
                new LineInfo(
                    name,
                    bytes.getInt(at),
                    bytes.getInt(at + 4),
                    bytes.getInt(at + 8),
                    bytes.getInt(at + 12))));
    if (header >= 32) {
      read(
          bytes,
          header,
          24,
          16,
          btf,
          (name, at) ->
              relocations.add(
                  new CoreRelocation(
                      name,
                      bytes.getInt(at),
                      bytes.getInt(at + 4),
                      btf.string(bytes.getInt(at + 8)),
                      bytes.getInt(at + 12))));
    }
    return new BtfExt(functions, lines, relocations);
  }

  /** Functions, in the order of the file. */
  public List<FunctionInfo> functions() {
    return functions;
  }

  /** Lines, in the order of the file. */
  public List<LineInfo> lines() {
    return lines;
  }

  /** Accesses to kernel types, in the order of the file. */
  public List<CoreRelocation> coreRelocations() {
    return coreRelocations;
  }

  private interface RecordReader {
    void read(String section, int offset);
  }

  /** A part: record size, then for each ELF section its name, a count and the records. */
  private static void read(
      ByteBuffer bytes, int header, int field, int minimum, Btf btf, RecordReader reader) {
    long start = header + Integer.toUnsignedLong(bytes.getInt(field));
    long length = Integer.toUnsignedLong(bytes.getInt(field + 4));
    long end = start + length;
    if (header < HEADER_BYTES || field + 8 > bytes.limit() || end > bytes.limit()) {
      throw new BtfException(".BTF.ext is cut off");
    }
    if (length < 4) {
      return;
    }
    int size = bytes.getInt((int) start);
    if (size < minimum || size > 1024) {
      throw new BtfException(".BTF.ext has records of " + size + " bytes");
    }
    long at = start + 4;
    while (at < end) {
      if (end - at < 8) {
        throw new BtfException(".BTF.ext is cut off");
      }
      String name = btf.string(bytes.getInt((int) at));
      long count = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
      at += 8;
      if (count * size > end - at) {
        throw new BtfException(".BTF.ext is cut off in section " + name);
      }
      for (long i = 0; i < count; i++) {
        reader.read(name, (int) (at + i * size));
      }
      at += count * size;
    }
  }
}
