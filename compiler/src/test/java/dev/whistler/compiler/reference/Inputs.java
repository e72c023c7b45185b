package dev.whistler.compiler.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Packets for random programs. A word of random bits is hardly ever one that a program asks about,
 * so half of the words are made of the program's own constants: the constant, its neighbours, what
 * has the same low half or the same low bytes, and what differs in its sign.
 */
final class Inputs {
  private Inputs() {}

  static byte[] packet(Form program, Random random) {
    byte[] packet = RandomProgramsTest.packet(random);
    List<Long> constants = new ArrayList<>();
    collect(program, constants);
    if (constants.isEmpty()) {
      return packet;
    }
    ByteBuffer words = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < packet.length; at += Long.BYTES) {
      if (random.nextBoolean()) {
        words.putLong(at, near(constants.get(random.nextInt(constants.size())), random));
      }
    }
    return packet;
  }

  private static long near(long constant, Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> constant + 1;
      case 1 -> constant - 1;
      case 2 -> constant + (1L << 32);
      case 3 -> constant - (1L << 32);
      case 4 -> (constant & 0xffffffffL) | (long) random.nextInt() << 32;
      case 5 -> (constant & 0xff) | random.nextLong() << 8;
      case 6 -> -constant;
      case 7 -> constant ^ (random.nextBoolean() ? Long.MIN_VALUE : 1L << 31);
      default -> constant;
    };
  }

  private static void collect(Form form, List<Long> constants) {
    switch (form) {
      case Form.Atom(String text) -> {
        if (text.matches("-?[0-9]{1,18}")) {
          constants.add(Long.valueOf(text));
        }
      }
      case Form.Cell(List<Form> items) -> items.forEach(item -> collect(item, constants));
    }
  }
}
