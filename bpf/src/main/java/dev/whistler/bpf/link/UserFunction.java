package dev.whistler.bpf.link;

import org.jspecify.annotations.Nullable;

/**
 * A function of an executable or shared library, by one of its symbols.
 *
 * @param name without version
 * @param version as {@code GLIBC_2.2.5}; null without
 * @param isDefault whether the name alone means this version
 * @param isIndirect whether the symbol is that of a resolver, which chooses the function when a
 *     process starts (STT_GNU_IFUNC)
 * @param fileOffset bytes from the beginning of the file, the way uprobes count
 * @param size bytes, 0 if unknown
 */
public record UserFunction(
    String name,
    @Nullable String version,
    boolean isDefault,
    boolean isIndirect,
    long fileOffset,
    long size) {

  /** The name with its version, as {@code memcpy@@GLIBC_2.14}. */
  public String text() {
    return version == null ? name : name + (isDefault ? "@@" : "@") + version;
  }

  /** Whether a text names it: {@code NAME}, {@code NAME@VERSION} or {@code NAME@@VERSION}. */
  public boolean isNamed(String text) {
    int at = text.indexOf('@', 1);
    if (at < 0) {
      return name.equals(text);
    }
    boolean mustBeDefault = text.startsWith("@@", at);
    return name.equals(text.substring(0, at))
        && text.substring(mustBeDefault ? at + 2 : at + 1).equals(version)
        && (isDefault || !mustBeDefault);
  }
}
