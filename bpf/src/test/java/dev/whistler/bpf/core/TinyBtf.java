package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Type information of one structure, made by hand. */
final class TinyBtf {
  static final int STRUCTURE = 3;

  private TinyBtf() {}

  /** {@code struct s { int a; int b[2]; }}. */
  static Btf structure() {
    byte[] names = "\0int\0s\0a\0b\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer types = ByteBuffer.allocate(16 + 24 + 36).order(ByteOrder.LITTLE_ENDIAN);
    types.putInt(1).putInt(1 << 24).putInt(4).putInt(1 << 24 | 32);
    types.putInt(0).putInt(3 << 24).putInt(0).putInt(1).putInt(1).putInt(2);
    types.putInt(5).putInt(4 << 24 | 2).putInt(12);
    types.putInt(7).putInt(1).putInt(0).putInt(9).putInt(2).putInt(32);
    ByteBuffer all =
        ByteBuffer.allocate(24 + types.capacity() + names.length).order(ByteOrder.LITTLE_ENDIAN);
    all.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
    all.putInt(0).putInt(types.capacity()).putInt(types.capacity()).putInt(names.length);
    all.put(types.array()).put(names);
    return Btf.parse(all.array());
  }
}
