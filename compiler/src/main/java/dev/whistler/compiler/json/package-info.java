/**
 * JSON as schemas and diagnostics need it: {@link dev.whistler.compiler.json.JsonWriter} writes it,
 * {@link dev.whistler.compiler.json.JsonReader} reads what may come from anybody. Depends on
 * nothing.
 */
@NullMarked
package dev.whistler.compiler.json;

import org.jspecify.annotations.NullMarked;
