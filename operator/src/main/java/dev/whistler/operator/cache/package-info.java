/**
 * Memory with a bound in bytes. May not depend on any other package of the operator. Entry point:
 * {@link dev.whistler.operator.cache.WeighedCache}.
 */
@NullMarked
package dev.whistler.operator.cache;

import org.jspecify.annotations.NullMarked;
