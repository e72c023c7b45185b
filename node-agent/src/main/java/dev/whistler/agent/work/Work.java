package dev.whistler.agent.work;

/** An assignment and where it stands. */
public record Work(Assignment assignment, WorkState state) {}
