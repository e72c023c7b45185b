package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.BtfException;

/** Clang's way to a field: numbers from 0 with colons between them, as {@code 0:2:1}. */
final class AccessString {
  private static final int MAXIMUM_NUMBERS = 64;

  /** Ten digits at most: more than any count of BTF has. */
  private static final int MAXIMUM_DIGITS = 10;

  private AccessString() {}

  /**
   * The numbers, at least one, none below 0.
   *
   * @throws BtfException if the text is something else
   */
  static int[] parse(String access) {
    String[] parts = access.split(":", -1);
    if (parts.length > MAXIMUM_NUMBERS) {
      throw new BtfException("a CO-RE access has " + parts.length + " steps, more than 64");
    }
    int[] numbers = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = number(access, parts[i]);
    }
    return numbers;
  }

  /** The only number of an access that has no way to go. */
  static int single(String access) {
    int[] numbers = parse(access);
    if (numbers.length != 1) {
      throw new BtfException(
          "CO-RE access " + access + " has more than the one number it may have");
    }
    return numbers[0];
  }

  private static int number(String access, String part) {
    boolean digits = !part.isEmpty() && part.length() <= MAXIMUM_DIGITS;
    long number = 0;
    for (int i = 0; digits && i < part.length(); i++) {
      digits = part.charAt(i) >= '0' && part.charAt(i) <= '9';
      number = number * 10 + part.charAt(i) - '0';
    }
    if (!digits || number > Integer.MAX_VALUE) {
      throw new BtfException(
          "CO-RE access " + access.substring(0, Math.min(access.length(), 80)) + " is damaged");
    }
    return (int) number;
  }
}
