package dev.whistler.operator.build;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.crds.NodeReason;
import dev.whistler.operator.model.Reason;
import java.util.List;

/** The reason that condition {@code Compiled} gives for each class of the compiler's codes. */
final class CompilerReason {
  private CompilerReason() {}

  /** The reason for the first error; codes of users' own warnings made errors count too. */
  static String of(List<Diagnostic> diagnostics) {
    return diagnostics.stream()
        .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
        .findFirst()
        .map(diagnostic -> of(diagnostic.code()))
        .orElse(Reason.COMPILER_DEFECT);
  }

  static String of(Code code) {
    return switch (code) {
      case E_READ, E_READEVAL, E_FLOAT, E_STRING, E_SYNTAX, E_ARITY -> Reason.SYNTAX_ERROR;
      case E_UNKNOWN, E_UNBOUND, E_NAME, E_DUP, E_STRUCT, E_FIELD, E_MAP, E_TOPLEVEL, E_SECTION ->
          Reason.NAME_ERROR;
      case E_CONST, E_RANGE, E_DIV0, E_SHIFT, E_LOOP, E_INDEX -> Reason.CONSTANT_ERROR;
      case E_TYPE, E_PTRTYPE, E_PTRVAL, E_PTRARG, E_NULL, E_ASSIGN, E_KIND, E_SIZE, E_ALIGN ->
          Reason.TYPE_ERROR;
      case E_LAYOUT, E_MAPDEF, E_MAPTYPE, E_RECORD, E_DECODE -> Reason.DEFINITION_ERROR;
      case E_RING, E_LEAK -> Reason.RESOURCE_ERROR;
      case E_TP, E_TPFIELD -> Reason.MISSING_TRACEPOINT_FIELD;
      case E_KDESC, E_KSTRUCT -> Reason.MISSING_KERNEL_TYPE;
      case E_CTX, E_PROGTYPE, E_HELPER, E_ARCH -> Reason.NOT_AVAILABLE;
      case E_LICENSE, E_GPL -> Reason.LICENSE_ERROR;
      case E_STACK, E_LIMIT, E_BUDGET -> Reason.LIMIT_EXCEEDED;
      case E_MACRO -> Reason.MACRO_ERROR;
      case E_KNOB -> Reason.INVALID_KNOB;
      case E_NOPROG -> Reason.NOTHING_TO_RUN;
      case E_ASM, E_REC -> Reason.CODE_ERROR;
      case E_INTERNAL -> Reason.COMPILER_DEFECT;
      case E_POLICY -> NodeReason.POLICY_DENIED;
      case W_SIGN,
          W_RANGE,
          W_TRUNC,
          W_NOVALUE,
          W_UNREACHABLE,
          W_DEPRECATED,
          W_REDEF,
          W_IGNORED,
          W_TYPE,
          W_SECTION,
          W_TPEVENT,
          W_PROBE,
          W_RECORD,
          W_UNINIT,
          W_MAPDEF,
          W_NAME,
          W_PTRTYPE,
          W_RETVAL,
          W_RETURN,
          W_MACRO ->
          Reason.WARNING_DENIED;
    };
  }
}
