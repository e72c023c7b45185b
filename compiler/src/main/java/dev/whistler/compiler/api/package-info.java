/**
 * What a caller hands to the compiler and gets back: a request with its sources, options and
 * budget; a result with diagnostics and, if there were no errors, an object.
 *
 * <p>Plain immutable data. Every package may know it; it knows nothing but {@code source}, {@code
 * diagnostic} and {@code kernel}, whose values it carries.
 */
@NullMarked
package dev.whistler.compiler.api;

import org.jspecify.annotations.NullMarked;
