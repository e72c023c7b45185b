/**
 * Source and kernel to object, one compilation for all kernels that answer alike. Entry point:
 * {@link dev.whistler.operator.build.BuildService}.
 */
@NullMarked
package dev.whistler.operator.build;

import org.jspecify.annotations.NullMarked;
