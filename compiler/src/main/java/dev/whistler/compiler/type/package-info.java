/**
 * Static types, structure layouts and map definitions (sections 4, 9 and 10). Plain immutable data,
 * which knows nothing but the source it comes from.
 */
@NullMarked
package dev.whistler.compiler.type;

import org.jspecify.annotations.NullMarked;
