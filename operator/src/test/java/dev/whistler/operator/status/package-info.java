/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.status;

import org.jspecify.annotations.NullMarked;
