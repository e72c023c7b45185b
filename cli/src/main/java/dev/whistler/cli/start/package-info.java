/**
 * What makes a new process of the command line fast; {@code ./whistler} runs it once after a build.
 *
 * <p>The class cache of the JVM keeps classes loaded and linked from one process to the next.
 * {@link dev.whistler.cli.start.ClassPathRewrite} copies the jars so that the cache takes all of
 * them, and {@link dev.whistler.cli.start.Training} does what calls usually do, for the JVM to
 * record.
 */
@NullMarked
package dev.whistler.cli.start;

import org.jspecify.annotations.NullMarked;
