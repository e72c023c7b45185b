package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.type.StructLayout;
import java.util.List;
import java.util.Optional;

/**
 * What macros may see of the unit and of the kernel (section 18.6, "language access"): read-only
 * views of the definitions processed so far. Names are given folded ({@link SymbolName#text}).
 * Nothing here reports or throws; an empty answer becomes {@code E-MACRO} in the macro that asked.
 */
public interface LanguageAccess {
  /** The value of a constant, knob or built-in constant: an integer, or any datum (5.2). */
  Optional<Datum> constant(SymbolName name);

  /** The layout of a {@code defstruct}. */
  Optional<StructLayout> struct(String name);

  /** Bytes of a struct. */
  Optional<Integer> sizeofStruct(String struct);

  /** Bytes from the start of a struct to a field. */
  Optional<Integer> fieldOffset(String struct, String field);

  /** The field names of a struct in order. */
  Optional<List<SymbolName>> structFields(String struct);

  /** The value of a map's option, for instance {@code max-entries}. */
  Optional<Datum> mapOption(String map, String option);

  /** The used value of a knob. */
  Optional<Datum> knob(String name);

  /** {@code x86-64} or {@code arm64}. */
  String targetArchitecture();

  /**
   * The field names of a tracepoint in kernel order.
   *
   * @param event {@code category/event} as the kernel spells it
   */
  Optional<List<SymbolName>> tracepointFields(String event);

  /**
   * Whether the kernel has the tracepoint; false without a kernel description.
   *
   * @param event {@code category/event} as the kernel spells it
   */
  boolean hasTracepoint(String event);

  /** Whether a user macro or function may not have that name (appendix A.4). */
  boolean isReservedOperator(String name);

  /** Names of operators that bodies may use, as candidates for near matches. */
  List<String> operatorNames();
}
