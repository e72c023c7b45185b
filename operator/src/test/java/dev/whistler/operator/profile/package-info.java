/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.profile;

import org.jspecify.annotations.NullMarked;
