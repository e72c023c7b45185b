package dev.whistler.runtime.schema;

/**
 * A program.
 *
 * @param name as in the source
 * @param symbol its symbol in the object
 * @param type type keyword as in the source without the colon
 * @param section section as written
 * @param canonicalSection section in the object
 * @param attach what it attaches to
 * @param license as declared
 * @param sleepable whether it may sleep
 * @param contextBytes highest offset of its context that it reads, plus the width; 0: none; {@link
 *     #UNKNOWN_CONTEXT}: the object does not say
 */
public record ProgramSchema(
    String name,
    String symbol,
    String type,
    String section,
    String canonicalSection,
    Attach attach,
    String license,
    boolean sleepable,
    int contextBytes) {
  public static final int UNKNOWN_CONTEXT = -1;

  ProgramSchema withUnknownContext() {
    return new ProgramSchema(
        name, symbol, type, section, canonicalSection, attach, license, sleepable, UNKNOWN_CONTEXT);
  }
}
