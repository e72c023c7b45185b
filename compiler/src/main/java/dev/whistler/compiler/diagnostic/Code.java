package dev.whistler.compiler.diagnostic;

/**
 * The stable codes of section 20.4. A code is never reused with another meaning.
 *
 * <p>{@code E_} codes stop compilation, {@code W_} codes are warnings.
 */
public enum Code {
  /** Lexical error, unbalanced text. */
  E_READ("lexical error, unbalanced text"),
  /** Read-time evaluation. */
  E_READEVAL("read-time evaluation"),
  /** Float or ratio where not allowed. */
  E_FLOAT("float or ratio where not allowed"),
  /** String where not allowed. */
  E_STRING("string where not allowed"),
  /** Form has the wrong shape. */
  E_SYNTAX("form has the wrong shape"),
  /** Wrong number of operands. */
  E_ARITY("wrong number of operands"),
  /** Unknown operator. */
  E_UNKNOWN("unknown operator"),
  /** Unknown variable. */
  E_UNBOUND("unknown variable"),
  /** Reserved or illegal name. */
  E_NAME("reserved or illegal name"),
  /** Duplicate definition or binding. */
  E_DUP("duplicate definition or binding"),
  /** Constant required. */
  E_CONST("constant required"),
  /** Constant outside range. */
  E_RANGE("constant outside range"),
  /** Wrong static type. */
  E_TYPE("wrong static type"),
  /** Pointer to the wrong kernel struct. */
  E_PTRTYPE("pointer to the wrong kernel struct"),
  /** Pointer stored as a scalar. */
  E_PTRVAL("pointer stored as a scalar"),
  /** Narrow scalar used as address. */
  E_PTRARG("narrow scalar used as address"),
  /** Unchecked nullable pointer. */
  E_NULL("unchecked nullable pointer"),
  /** Assignment to a fixed variable. */
  E_ASSIGN("assignment to a fixed variable"),
  /** Constant divisor 0. */
  E_DIV0("constant divisor 0"),
  /** Shift count. */
  E_SHIFT("shift count"),
  /** Loop bound. */
  E_LOOP("loop bound"),
  /** Unknown struct. */
  E_STRUCT("unknown struct"),
  /** Field. */
  E_FIELD("field"),
  /** Constant index out of range. */
  E_INDEX("constant index out of range"),
  /** Struct cannot be laid out. */
  E_LAYOUT("struct cannot be laid out"),
  /** Semantic kind unsuitable. */
  E_KIND("semantic kind unsuitable"),
  /** Size mismatch. */
  E_SIZE("size mismatch"),
  /** Misaligned atomic or context access. */
  E_ALIGN("misaligned atomic or context access"),
  /** Unknown map. */
  E_MAP("unknown map"),
  /** Bad definition. */
  E_MAPDEF("bad definition"),
  /** Wrong map type. */
  E_MAPTYPE("wrong map type"),
  /** Bad reservation use. */
  E_RING("bad reservation use"),
  /** Leaked resource. */
  E_LEAK("leaked resource"),
  /** Record types ambiguous. */
  E_RECORD("record types ambiguous"),
  /** Context access not possible. */
  E_CTX("context access not possible"),
  /** Unknown event. */
  E_TP("unknown event"),
  /** Field or ambiguous. */
  E_TPFIELD("field or ambiguous"),
  /** Description missing. */
  E_KDESC("description missing"),
  /** Kernel struct unknown. */
  E_KSTRUCT("kernel struct unknown"),
  /** Form not for this type. */
  E_PROGTYPE("form not for this type"),
  /** Unknown section. */
  E_SECTION("unknown section"),
  /** Licences differ. */
  E_LICENSE("licences differ"),
  /** Helper needs GPL. */
  E_GPL("helper needs GPL"),
  /** Helper not for this type. */
  E_HELPER("helper not for this type"),
  /** Not on the target architecture. */
  E_ARCH("not on the target architecture"),
  /** More than 512 bytes. */
  E_STACK("more than 512 bytes"),
  /** Limit of §22. */
  E_LIMIT("limit of §22"),
  /** Budget of §18.10. */
  E_BUDGET("budget of §18.10"),
  /** Macro-time error. */
  E_MACRO("macro-time error"),
  /** Unknown top-level function. */
  E_TOPLEVEL("unknown top-level function"),
  /** Bad knob value. */
  E_KNOB("bad knob value"),
  /** Nothing to compile. */
  E_NOPROG("nothing to compile"),
  /** Bad raw instruction. */
  E_ASM("bad raw instruction"),
  /** Recursion. */
  E_REC("recursion"),
  /** Record bytes too short. */
  E_DECODE("record bytes too short"),
  /** Compiler defect (report). */
  E_INTERNAL("compiler defect (report)"),
  /** Not allowed in the tier that the caller states (19.8). */
  E_POLICY("not allowed in the tier that the caller states (19.8)"),
  /** Signedness. */
  W_SIGN("signedness"),
  /** Constant comparison. */
  W_RANGE("constant comparison"),
  /** Truncation. */
  W_TRUNC("truncation"),
  /** Effect value used. */
  W_NOVALUE("effect value used"),
  /** Dead form. */
  W_UNREACHABLE("dead form"),
  /** Old form. */
  W_DEPRECATED("old form"),
  /** Redefinition. */
  W_REDEF("redefinition"),
  /** Form without effect. */
  W_IGNORED("form without effect"),
  /** Type contradicts section. */
  W_TYPE("type contradicts section"),
  /** No target. */
  W_SECTION("no target"),
  /** Foreign event's field. */
  W_TPEVENT("foreign event's field"),
  /** Entry-return mix. */
  W_PROBE("entry-return mix"),
  /** Raw ring. */
  W_RECORD("raw ring"),
  /** Unwritten bytes. */
  W_UNINIT("unwritten bytes"),
  /** Ignored option. */
  W_MAPDEF("ignored option"),
  /** 15-character clash. */
  W_NAME("15-character clash"),
  /** Other struct. */
  W_PTRTYPE("other struct"),
  /** Return value. */
  W_RETVAL("return value"),
  /** Function return. */
  W_RETURN("function return"),
  /** `warn`. */
  W_MACRO("`warn`");

  private final String meaning;

  Code(String meaning) {
    this.meaning = meaning;
  }

  /** What the code stands for, in a few words. */
  public String meaning() {
    return meaning;
  }

  /** The code as users see it, for instance {@code E-UNBOUND}. */
  public String text() {
    return name().replace('_', '-');
  }

  /** {@link Severity#ERROR} for {@code E_} codes, {@link Severity#WARNING} for {@code W_} codes. */
  public Severity severity() {
    return name().charAt(0) == 'E' ? Severity.ERROR : Severity.WARNING;
  }
}
