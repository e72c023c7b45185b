package dev.whistler.compiler.object;

import dev.whistler.compiler.emit.CompiledFunction;
import dev.whistler.compiler.source.SourceRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds {@code .BTF.ext}: function and line information by section (tools/lib/bpf/btf.h). */
final class BtfExtension {
  private static final int MAX_COLUMN = 1023;
  private static final int MAX_LINE = (1 << 22) - 1;

  private final BtfBuilder btf;
  private final SourceLines sources;
  private final Map<String, Records> functions = new LinkedHashMap<>();
  private final Map<String, Records> lines = new LinkedHashMap<>();

  /** The records of one section. */
  private static final class Records {
    final ByteWriter bytes = new ByteWriter();
    int count;
  }

  BtfExtension(BtfBuilder btf, SourceLines sources) {
    this.btf = btf;
    this.sources = sources;
  }

  /**
   * Adds a function.
   *
   * @param start bytes from the start of the section; functions of one section come in ascending
   *     order
   * @param type id of its FUNC
   */
  void add(String section, int start, int type, List<CompiledFunction.LineMark> marks) {
    Records function = functions.computeIfAbsent(section, s -> new Records());
    function.bytes.u32(start).u32(type);
    function.count++;
    Records line = lines.computeIfAbsent(section, s -> new Records());
    for (CompiledFunction.LineMark mark : marks) {
      SourceRange range = mark.range();
      int row = Math.min(range.startLine(), MAX_LINE);
      int column = Math.min(range.startColumn(), MAX_COLUMN);
      line.bytes
          .u32(start + 8 * mark.slot())
          .u32(btf.string(range.file()))
          .u32(btf.string(sources.text(range.file(), range.startLine())))
          .u32(row << 10 | column);
      line.count++;
    }
  }

  byte[] toBytes() {
    byte[] functionBytes = table(functions, 8);
    byte[] lineBytes = table(lines, 16);
    return new ByteWriter()
        .u16(0xeB9F)
        .u8(1)
        .u8(0)
        .u32(24)
        .u32(0)
        .u32(functionBytes.length)
        .u32(functionBytes.length)
        .u32(lineBytes.length)
        .raw(functionBytes)
        .raw(lineBytes)
        .toBytes();
  }

  private byte[] table(Map<String, Records> sections, int recordSize) {
    ByteWriter out = new ByteWriter().u32(recordSize);
    sections.forEach(
        (name, records) ->
            out.u32(btf.string(name)).u32(records.count).raw(records.bytes.toBytes()));
    return out.toBytes();
  }
}
