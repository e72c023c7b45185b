/**
 * JSON to bytes by the schema: the reverse of {@code decode}, for map entries given from outside.
 * Entry point: {@link dev.whistler.runtime.encode.ValueEncoder}.
 */
@NullMarked
package dev.whistler.runtime.encode;

import org.jspecify.annotations.NullMarked;
