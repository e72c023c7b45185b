package dev.whistler.compiler.diagnostic;

/**
 * The stable codes of section 20.4. A code is never reused with another meaning.
 *
 * <p>{@code E_} codes stop compilation, {@code W_} codes are warnings. {@link Catalogue} says of
 * each what it means, gives an example, and what to do.
 */
public enum Code {
  /** Lexical error, unbalanced text. */
  E_READ,
  /** Read-time evaluation. */
  E_READEVAL,
  /** Float or ratio where not allowed. */
  E_FLOAT,
  /** String where not allowed. */
  E_STRING,
  /** Form has the wrong shape. */
  E_SYNTAX,
  /** Wrong number of operands. */
  E_ARITY,
  /** Unknown operator. */
  E_UNKNOWN,
  /** Unknown variable. */
  E_UNBOUND,
  /** Reserved or illegal name. */
  E_NAME,
  /** Duplicate definition or binding. */
  E_DUP,
  /** Constant required. */
  E_CONST,
  /** Constant outside range. */
  E_RANGE,
  /** Wrong static type. */
  E_TYPE,
  /** Pointer to the wrong kernel struct. */
  E_PTRTYPE,
  /** Pointer stored as a scalar. */
  E_PTRVAL,
  /** Narrow scalar used as address. */
  E_PTRARG,
  /** Unchecked nullable pointer. */
  E_NULL,
  /** Assignment to a fixed variable. */
  E_ASSIGN,
  /** Constant divisor 0. */
  E_DIV0,
  /** Constant shift count outside 0 to 63. */
  E_SHIFT,
  /** Constant loop bound outside its range. */
  E_LOOP,
  /** Unknown struct. */
  E_STRUCT,
  /** Unknown field. */
  E_FIELD,
  /** Constant index out of range. */
  E_INDEX,
  /** Struct cannot be laid out. */
  E_LAYOUT,
  /** Semantic kind unsuitable. */
  E_KIND,
  /** Size mismatch. */
  E_SIZE,
  /** Misaligned atomic or context access. */
  E_ALIGN,
  /** Unknown map. */
  E_MAP,
  /** Bad map definition. */
  E_MAPDEF,
  /** Wrong map type. */
  E_MAPTYPE,
  /** Bad reservation use. */
  E_RING,
  /** Leaked resource. */
  E_LEAK,
  /** Record types ambiguous. */
  E_RECORD,
  /** Context access not possible. */
  E_CTX,
  /** Unknown tracepoint. */
  E_TP,
  /** Unknown or ambiguous tracepoint field. */
  E_TPFIELD,
  /** Kernel description missing. */
  E_KDESC,
  /** Kernel struct unknown. */
  E_KSTRUCT,
  /** Form not for this type. */
  E_PROGTYPE,
  /** Unknown section. */
  E_SECTION,
  /** Licences differ. */
  E_LICENSE,
  /** Helper needs GPL. */
  E_GPL,
  /** Helper not for this type. */
  E_HELPER,
  /** Not on the target architecture. */
  E_ARCH,
  /** More than 512 bytes. */
  E_STACK,
  /** Limit of §22. */
  E_LIMIT,
  /** Budget of §18.10. */
  E_BUDGET,
  /** Macro-time error. */
  E_MACRO,
  /** Unknown top-level function. */
  E_TOPLEVEL,
  /** Bad knob value. */
  E_KNOB,
  /** Nothing to compile. */
  E_NOPROG,
  /** Bad raw instruction. */
  E_ASM,
  /** Recursion. */
  E_REC,
  /** Record bytes too short. */
  E_DECODE,
  /** Compiler defect (report). */
  E_INTERNAL,
  /** Not allowed in the tier that the caller states (19.8). */
  E_POLICY,
  /** Signedness. */
  W_SIGN,
  /** Constant comparison. */
  W_RANGE,
  /** Truncation. */
  W_TRUNC,
  /** Effect value used. */
  W_NOVALUE,
  /** Dead form. */
  W_UNREACHABLE,
  /** Old form. */
  W_DEPRECATED,
  /** Redefinition. */
  W_REDEF,
  /** Form without effect. */
  W_IGNORED,
  /** Type contradicts section. */
  W_TYPE,
  /** No target. */
  W_SECTION,
  /** Foreign event's field. */
  W_TPEVENT,
  /** Entry-return mix. */
  W_PROBE,
  /** Ring buffer of unknown record type. */
  W_RECORD,
  /** Record bytes that may be sent unwritten. */
  W_UNINIT,
  /** Ignored map option. */
  W_MAPDEF,
  /** 15-character clash. */
  W_NAME,
  /** Pointer to another struct. */
  W_PTRTYPE,
  /** Return value without meaning. */
  W_RETVAL,
  /** Return from a function only. */
  W_RETURN,
  /** A macro's warning. */
  W_MACRO;

  /** The code as users see it, for instance {@code E-UNBOUND}. */
  public String text() {
    return name().replace('_', '-');
  }

  /** {@link Severity#ERROR} for {@code E_} codes, {@link Severity#WARNING} for {@code W_} codes. */
  public Severity severity() {
    return name().charAt(0) == 'E' ? Severity.ERROR : Severity.WARNING;
  }
}
