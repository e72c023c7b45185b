/**
 * Objects of other compilers, described as ours describe themselves: from their sections, maps and
 * types. Entry point: {@link dev.whistler.runtime.derive.DerivedSchema}.
 */
@NullMarked
package dev.whistler.runtime.derive;

import org.jspecify.annotations.NullMarked;
