/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.build;

import org.jspecify.annotations.NullMarked;
