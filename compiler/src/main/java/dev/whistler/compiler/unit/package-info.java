/**
 * The compilation unit (section 3): processes top-level forms in order and collects definitions and
 * unexpanded bodies.
 */
@NullMarked
package dev.whistler.compiler.unit;

import org.jspecify.annotations.NullMarked;
