package dev.whistler.compiler.diagnostic;

import org.jspecify.annotations.Nullable;

/**
 * A message with its arguments filled in.
 *
 * @param message which one
 * @param text what the compiler says
 * @param hint what to do, or null
 */
public record Sentence(Message message, String text, @Nullable String hint) {}
