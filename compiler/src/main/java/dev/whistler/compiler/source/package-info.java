/**
 * Source texts and the ranges that every datum, form and instruction carries. The compiler's own
 * text files are read here, too. Depends on nothing.
 */
@NullMarked
package dev.whistler.compiler.source;

import org.jspecify.annotations.NullMarked;
