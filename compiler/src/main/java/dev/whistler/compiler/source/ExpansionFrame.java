package dev.whistler.compiler.source;

import org.jspecify.annotations.Nullable;

/**
 * One step of a macro expansion (section 20.2).
 *
 * @param macro the macro's name as written
 * @param call where it was called
 * @param definition where it was defined, if the source defines it
 */
public record ExpansionFrame(String macro, SourceRange call, @Nullable SourceRange definition) {}
