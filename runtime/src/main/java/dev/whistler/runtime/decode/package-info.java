/**
 * Turns ring buffer records into JSON bytes. A {@link dev.whistler.runtime.decode.RecordDecoder} is
 * compiled once for each struct and writes straight from the ring's memory into a reusable buffer:
 * nothing is allocated for a record. Depends on {@code schema} only.
 */
@NullMarked
package dev.whistler.runtime.decode;

import org.jspecify.annotations.NullMarked;
