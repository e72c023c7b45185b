package dev.whistler.operator.model;

/**
 * What is wrong with something.
 *
 * @param reason one word
 * @param message one sentence
 */
public record Trouble(String reason, String message) {}
