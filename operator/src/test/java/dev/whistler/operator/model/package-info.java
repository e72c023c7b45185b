/** Tests of the package of the same name. */
@NullMarked
package dev.whistler.operator.model;

import org.jspecify.annotations.NullMarked;
