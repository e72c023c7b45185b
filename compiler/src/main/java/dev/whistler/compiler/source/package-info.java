/**
 * Source texts and the ranges that every datum, form and instruction carries. Depends on nothing.
 */
@NullMarked
package dev.whistler.compiler.source;

import org.jspecify.annotations.NullMarked;
