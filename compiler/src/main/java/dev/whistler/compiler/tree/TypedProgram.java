package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ResolvedSection;
import java.util.OptionalLong;

/**
 * An analyzed program.
 *
 * @param name source name
 * @param symbol ELF symbol
 * @param section what its section says
 * @param license the licence string
 * @param sleepable whether it is loaded sleepable
 * @param body its body; the body's value is the return value
 * @param passValue in tier {@code observe}, the constant that every exit must set in its own block
 *     (section 19.8)
 * @param origin the definition
 */
public record TypedProgram(
    String name,
    String symbol,
    ResolvedSection section,
    String license,
    boolean sleepable,
    Expr body,
    OptionalLong passValue,
    Origin origin) {}
