package dev.whistler.compiler.emit;

import java.util.Arrays;

/** Growing lists of numbers, one for each index. */
final class IntLists {
  private static final int[] EMPTY = {};

  private final int[][] items;
  private final int[] sizes;

  IntLists(int count) {
    items = new int[count][];
    sizes = new int[count];
    Arrays.fill(items, EMPTY);
  }

  void add(int index, int item) {
    int size = sizes[index]++;
    if (size == items[index].length) {
      items[index] = Arrays.copyOf(items[index], Math.max(4, 2 * size));
    }
    items[index][size] = item;
  }

  int size(int index) {
    return sizes[index];
  }

  int get(int index, int position) {
    return items[index][position];
  }

  boolean contains(int index, int item) {
    int[] list = items[index];
    for (int i = 0; i < sizes[index]; i++) {
      if (list[i] == item) {
        return true;
      }
    }
    return false;
  }

  int[] toArray(int index) {
    return Arrays.copyOf(items[index], sizes[index]);
  }
}
