/**
 * Executors of operator and agent. What a task throws is told, whoever runs it: an executor of the
 * library keeps it to itself, ends what should run again and again, and the work that should have
 * followed is missing without a word. Depends on nothing. Entry point: {@link
 * dev.whistler.task.Guard}.
 */
@NullMarked
package dev.whistler.task;

import org.jspecify.annotations.NullMarked;
