package dev.whistler.compiler.object;

import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.type.KernelLayout;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.List;

/** Our types as BTF types. */
final class TypeTable {
  private final BtfBuilder btf;

  TypeTable(BtfBuilder btf) {
    this.btf = btf;
  }

  int scalar(ScalarType type) {
    return btf.integer(type.text(), type.width(), type.signed());
  }

  int layout(Layout layout) {
    return switch (layout) {
      case StructLayout struct ->
          btf.struct(
              struct.cName(),
              struct.size(),
              struct.fields().stream()
                  .map(
                      f -> new BtfBuilder.Member(f.cName(), field(f.type(), f.count()), f.offset()))
                  .toList());
      case UnionLayout union ->
          btf.union(
              union.cName(),
              union.size(),
              union.members().stream()
                  .map(m -> new BtfBuilder.Member(m.cName(), layout(m), 0))
                  .toList());
      case KernelLayout kernel -> btf.struct(kernel.cName(), kernel.size(), List.of());
    };
  }

  private int field(FieldType type, int count) {
    int element =
        switch (type) {
          case FieldType.Scalar scalar -> scalar(scalar.type());
          case FieldType.Nested nested -> layout(nested.layout());
        };
    return count < 0 ? element : btf.array(element, scalar(ScalarType.U32), count);
  }

  int global(Global global) {
    return field(global.type(), global.count());
  }

  /** Whether a slot was declared by a type. */
  static boolean isTyped(SlotType slot) {
    return slot.scalar() != null || slot.layout() != null;
  }

  /** The type of a slot; bytes for one declared by its size. */
  int slot(SlotType slot) {
    if (slot.scalar() != null) {
      return scalar(slot.scalar());
    }
    if (slot.layout() != null) {
      return layout(slot.layout());
    }
    return bytes(slot.size());
  }

  int bytes(int count) {
    return btf.array(scalar(ScalarType.U8), scalar(ScalarType.U32), count);
  }
}
