package dev.whistler.compiler.type;

import java.util.List;

/**
 * A {@code defunion} (section 9.9).
 *
 * @param name source name
 * @param cName C name
 * @param members the structs that share the memory
 * @param size bytes of the largest member, padded
 * @param align bytes
 */
public record UnionLayout(
    String name, String cName, List<StructLayout> members, int size, int align) implements Layout {
  public UnionLayout {
    members = List.copyOf(members);
  }
}
