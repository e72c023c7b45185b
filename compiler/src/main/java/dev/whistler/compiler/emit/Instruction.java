package dev.whistler.compiler.emit;

/**
 * One eBPF instruction slot of 8 bytes (RFC 9669). A 64-bit immediate load takes two slots, the
 * second with opcode 0.
 *
 * @param opcode 0 to 255
 * @param target destination register, 0 to 10
 * @param source source register or pseudo source, 0 to 15
 * @param offset signed 16-bit offset
 * @param immediate signed 32-bit immediate
 */
public record Instruction(int opcode, int target, int source, int offset, int immediate) {}
