package dev.whistler.compiler.table;

import java.util.List;

/**
 * A kernel helper (appendix E).
 *
 * @param id the number in the call instruction (enum bpf_func_id, include/uapi/linux/bpf.h)
 * @param name the hyphenated name without {@code bpf-}
 * @param parameters argument codes in order
 * @param result result code: a scalar type name, {@code 0}, {@code ptr}, {@code ptr?}, {@code obj}
 *     or {@code obj?}
 * @param gplOnly whether a GPL-compatible licence is required
 * @param programTypes the codes of the last column
 */
public record Helper(
    int id,
    String name,
    List<String> parameters,
    String result,
    boolean gplOnly,
    String programTypes) {
  public Helper {
    parameters = List.copyOf(parameters);
  }
}
