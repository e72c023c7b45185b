/**
 * Executors of the agent. What a task throws is told, whoever runs it: an executor of the library
 * keeps it to itself, and the work that should have followed is missing without a word.
 */
@NullMarked
package dev.whistler.agent.task;

import org.jspecify.annotations.NullMarked;
