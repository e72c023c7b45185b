package dev.whistler.compiler.source;

/**
 * One source text.
 *
 * @param name the file name as the caller gave it; used in diagnostics and line information
 * @param text the decoded text, without a byte-order mark
 */
public record SourceText(String name, String text) {}
