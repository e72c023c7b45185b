package dev.whistler.compiler.object;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@code .BTF} section (include/uapi/linux/btf.h). Equal types get one id; id 0 is void.
 */
final class BtfBuilder {
  private static final int INT = 1;
  private static final int PTR = 2;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;
  private static final int UNION = 5;
  private static final int FUNC = 12;
  private static final int FUNC_PROTO = 13;
  private static final int VAR = 14;
  private static final int DATASEC = 15;

  /** Linkage of functions and variables. */
  static final int STATIC = 0;

  static final int GLOBAL = 1;

  private final StringTable strings = new StringTable();
  private final List<List<Integer>> types = new ArrayList<>();
  private final Map<List<Integer>, Integer> ids = new HashMap<>();

  /** A member of a struct or union; offset in bytes. */
  record Member(String name, int type, int offset) {}

  /** A parameter of a function. */
  record Parameter(String name, int type) {}

  /** A variable in a data section; offset and size in bytes. */
  record Placed(int variable, int offset, int size) {}

  private int add(List<Integer> words) {
    return ids.computeIfAbsent(
        words,
        w -> {
          types.add(w);
          return types.size();
        });
  }

  private List<Integer> head(String name, int kind, int length, int sizeOrType) {
    List<Integer> words = new ArrayList<>();
    words.add(string(name));
    words.add(kind << 24 | length);
    words.add(sizeOrType);
    return words;
  }

  /** An integer of 1 to 8 bytes. */
  int integer(String name, int size, boolean signed) {
    List<Integer> words = head(name, INT, 0, size);
    words.add((signed ? 1 << 24 : 0) | 8 * size);
    return add(words);
  }

  int pointer(int target) {
    return add(head("", PTR, 0, target));
  }

  int array(int element, int index, int count) {
    List<Integer> words = head("", ARRAY, 0, 0);
    words.add(element);
    words.add(index);
    words.add(count);
    return add(words);
  }

  int struct(String name, int size, List<Member> members) {
    return composite(STRUCT, name, size, members);
  }

  int union(String name, int size, List<Member> members) {
    return composite(UNION, name, size, members);
  }

  private int composite(int kind, String name, int size, List<Member> members) {
    List<Integer> words = head(name, kind, members.size(), size);
    for (Member member : members) {
      words.add(string(member.name()));
      words.add(member.type());
      words.add(8 * member.offset());
    }
    return add(words);
  }

  int prototype(int result, List<Parameter> parameters) {
    List<Integer> words = head("", FUNC_PROTO, parameters.size(), result);
    for (Parameter parameter : parameters) {
      words.add(string(parameter.name()));
      words.add(parameter.type());
    }
    return add(words);
  }

  int function(String name, int prototype, int linkage) {
    return add(head(name, FUNC, linkage, prototype));
  }

  int variable(String name, int type, int linkage) {
    List<Integer> words = head(name, VAR, 0, type);
    words.add(linkage);
    return add(words);
  }

  /** A data section; variables by ascending offset. */
  int dataSection(String name, int size, List<Placed> variables) {
    List<Integer> words = head(name, DATASEC, variables.size(), size);
    for (Placed placed : variables) {
      words.add(placed.variable());
      words.add(placed.offset());
      words.add(placed.size());
    }
    return add(words);
  }

  /** The offset of a string in the string section. */
  int string(String text) {
    return strings.offset(text);
  }

  byte[] toBytes() {
    ByteWriter body = new ByteWriter();
    types.forEach(words -> words.forEach(body::u32));
    byte[] text = strings.toBytes();
    return new ByteWriter()
        .u16(0xeB9F)
        .u8(1)
        .u8(0)
        .u32(24)
        .u32(0)
        .u32(body.size())
        .u32(body.size())
        .u32(text.length)
        .raw(body.toBytes())
        .raw(text)
        .toBytes();
  }
}
