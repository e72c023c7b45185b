/**
 * Source and kernel to object, one compilation for all kernels that answer alike. Entry point:
 * {@link dev.whistler.operator.build.ProgramBuilder}.
 */
@NullMarked
package dev.whistler.operator.build;

import org.jspecify.annotations.NullMarked;
