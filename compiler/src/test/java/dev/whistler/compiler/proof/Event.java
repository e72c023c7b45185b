package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.Expr;
import java.util.List;

/**
 * Something that others can see: a store to memory that is not the routine's own, or a call.
 *
 * @param name what is done
 * @param words with what: addresses, numbers, and the memory that is read
 */
record Event(String name, List<Expr<BitVecSort>> words) {
  Event {
    words = List.copyOf(words);
  }

  /** Whether it is the same thing, perhaps with other words. */
  boolean isLike(Event other) {
    if (!name.equals(other.name) || words.size() != other.words.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).getSort().getSize() != other.words.get(i).getSort().getSize()) {
        return false;
      }
    }
    return true;
  }
}
