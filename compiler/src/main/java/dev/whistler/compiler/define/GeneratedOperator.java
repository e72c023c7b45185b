package dev.whistler.compiler.define;

/**
 * What analyzes the calls of an operator that a definition generates. Definitions only know that
 * there is one, and its name; {@code form.Operator} says what it does.
 */
public interface GeneratedOperator {}
