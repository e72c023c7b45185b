/**
 * Static types, structure layouts, map definitions, and what a kernel says of a field (sections 4,
 * 9, 10, 12 to 14). Plain immutable data, which knows nothing but the source it comes from.
 */
@NullMarked
package dev.whistler.compiler.type;

import org.jspecify.annotations.NullMarked;
