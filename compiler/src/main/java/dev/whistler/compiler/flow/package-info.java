/**
 * Control-flow graphs, whatever stands in their blocks: the order of a depth-first walk, and data
 * flow.
 *
 * <p>The blocks of {@code ir} and of {@code emit} are {@link dev.whistler.compiler.flow.Node}s;
 * entry point for an analysis is {@link dev.whistler.compiler.flow.DataFlow}. Depends on no other
 * package.
 */
@NullMarked
package dev.whistler.compiler.flow;

import org.jspecify.annotations.NullMarked;
