/**
 * A unit with types: what analysis makes and lowering reads. {@link
 * dev.whistler.compiler.tree.TypedUnit} holds programs and functions, whose bodies are {@link
 * dev.whistler.compiler.tree.Expr}, a sealed tree in which every node has a type and an origin;
 * {@link dev.whistler.compiler.tree.Trees} asks questions about it.
 *
 * <p>Macros, names and scopes are gone here: a local is an object, a struct a layout. Depends on
 * {@code type}, {@code table} and {@code source}; knows nothing of the forms that it is made from.
 */
@NullMarked
package dev.whistler.compiler.tree;

import org.jspecify.annotations.NullMarked;
