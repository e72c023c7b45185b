package dev.whistler.bpf.prog;

import dev.whistler.bpf.sys.Structure;
import java.util.HexFormat;

/**
 * What the kernel says about a program (struct bpf_prog_info).
 *
 * @param typeNumber number of the program type, also of types this library does not know
 * @param id unique while the program lives
 * @param tag hash of the instructions, 16 hex digits
 * @param jitedBytes machine code, 0 if interpreted
 * @param translatedBytes instructions after the verifier's rewriting
 * @param mapCount maps that the program holds
 * @param name at most 15 bytes
 * @param btfId id of its BTF, or 0
 * @param runNanos time spent while BPF statistics were enabled
 * @param runCount runs while BPF statistics were enabled
 * @param recursionMisses runs left out because the program was already running on the CPU
 * @param verifiedInstructions instructions that the verifier went through; 0 before 5.16
 */
public record ProgramInfo(
    int typeNumber,
    int id,
    String tag,
    int jitedBytes,
    int translatedBytes,
    int mapCount,
    String name,
    int btfId,
    long runNanos,
    long runCount,
    long recursionMisses,
    int verifiedInstructions) {
  private static final int TAG_OFFSET = 8;
  private static final int TAG_BYTES = 8;
  private static final int NAME_BYTES = 16;

  static ProgramInfo parse(byte[] info) {
    Structure s = new Structure(info);
    return new ProgramInfo(
        s.getInt(0),
        s.getInt(4),
        HexFormat.of().formatHex(info, TAG_OFFSET, TAG_OFFSET + TAG_BYTES),
        s.getInt(16),
        s.getInt(20),
        s.getInt(52),
        s.getText(64, NAME_BYTES),
        s.getInt(128),
        s.getLong(192),
        s.getLong(200),
        s.getLong(208),
        s.getInt(216));
  }
}
