package dev.whistler.compiler.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/**
 * Packets for random programs. A word of random bits is hardly ever one that a program asks about,
 * so half of the words are made of the program's own constants: the constant, its neighbours, what
 * has the same low half or the same low bytes, and what differs in its sign. A word that a variable
 * holds is mostly made of the constants that this variable is compared with.
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
    Map<String, Integer> places = new TreeMap<>();
    Map<Integer, List<Long>> asked = new TreeMap<>();
    collectAsked(program, places, asked);
    asked.forEach(
        (at, answers) -> {
          if (random.nextInt(8) > 0) {
            long constant = answers.get(random.nextInt(answers.size()));
            words.putLong(
                at,
                random.nextBoolean() ? otherHighHalf(constant, random) : near(constant, random));
          }
        });
    return packet;
  }

  private static long near(long constant, Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> constant + 1;
      case 1 -> constant - 1;
      case 2 -> constant + (1L << 32);
      case 3 -> constant - (1L << 32);
      case 4 -> otherHighHalf(constant, random);
      case 5 -> (constant & 0xff) | random.nextLong() << 8;
      case 6 -> -constant;
      case 7 -> constant ^ (random.nextBoolean() ? Long.MIN_VALUE : 1L << 31);
      default -> constant;
    };
  }

  private static long otherHighHalf(long constant, Random random) {
    return (constant & 0xffffffffL) | (long) random.nextInt() << 32;
  }

  private static void collect(Form form, List<Long> constants) {
    switch (form) {
      case Form.Atom(String text) -> number(text).ifPresent(constants::add);
      case Form.Cell(List<Form> items) -> items.forEach(item -> collect(item, constants));
    }
  }

  /**
   * Collects constants by the place in the packet of the word that they are compared with.
   *
   * @param places where the word of a variable is; names are used once
   */
  private static void collectAsked(
      Form form, Map<String, Integer> places, Map<Integer, List<Long>> asked) {
    if (!(form instanceof Form.Cell(List<Form> items))) {
      return;
    }
    if (items.size() == 2
        && items.getFirst() instanceof Form.Atom(String variable)
        && items.getLast().toString().matches("\\(load [ui]64 d [0-9]+\\)")) {
      String load = items.getLast().toString();
      places.put(
          variable, Integer.valueOf(load.substring(load.lastIndexOf(' ') + 1, load.length() - 1)));
    }
    if (items.size() == 3
        && items.getLast() instanceof Form.Atom(String text)
        && ProgramGenerator.comparisons().contains(items.getFirst().toString())) {
      Form seen = items.get(1);
      Form word = seen instanceof Form.Cell(List<Form> cast) && isCast(cast) ? cast.get(2) : seen;
      Integer at = places.get(word.toString());
      if (at != null) {
        number(text).ifPresent(n -> asked.computeIfAbsent(at, ignored -> new ArrayList<>()).add(n));
      }
    }
    items.forEach(item -> collectAsked(item, places, asked));
  }

  private static boolean isCast(List<Form> items) {
    return items.size() == 3 && items.getFirst().equals(Form.atom("cast"));
  }

  private static OptionalLong number(String text) {
    return text.matches("-?[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}
