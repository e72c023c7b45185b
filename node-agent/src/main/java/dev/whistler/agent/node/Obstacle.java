package dev.whistler.agent.node;

/**
 * Why this node can run no programs now.
 *
 * @param reason one word, as {@code KernelUnusable}
 * @param message one sentence that says what to do
 */
public record Obstacle(String reason, String message) {}
