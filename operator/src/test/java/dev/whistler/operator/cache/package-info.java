/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.cache;

import org.jspecify.annotations.NullMarked;
