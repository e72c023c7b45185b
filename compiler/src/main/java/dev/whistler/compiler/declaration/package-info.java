/**
 * Type declarations for C, Java, Go, Rust and Python from an object's schema (sections 9.5 and
 * 21.8). Entry: {@link dev.whistler.compiler.declaration.Declarations}. Reads only the schema's
 * text, so it works on any object.
 */
@NullMarked
package dev.whistler.compiler.declaration;

import org.jspecify.annotations.NullMarked;
