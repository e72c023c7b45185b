/** Tests of kernel descriptions. */
@NullMarked
package dev.whistler.compiler.kernel;

import org.jspecify.annotations.NullMarked;
