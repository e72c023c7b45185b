/**
 * Static types, structure layouts and map definitions (sections 4, 9 and 10). Plain immutable data.
 */
@NullMarked
package dev.whistler.compiler.type;

import org.jspecify.annotations.NullMarked;
