/**
 * The language by another road: an interpreter of typed trees written from sections 4 to 11 of the
 * specification, random programs, and their execution in the kernel. Shares no code with {@code
 * ir}, {@code pass} and {@code emit}; where interpreter and kernel disagree, one of them is wrong.
 */
@NullMarked
package dev.whistler.compiler.reference;

import org.jspecify.annotations.NullMarked;
