/** Tests of the object file. */
@NullMarked
package dev.whistler.compiler.object;

import org.jspecify.annotations.NullMarked;
