/**
 * How to spare memory. May not depend on any other package of the operator. Entry points: {@link
 * dev.whistler.operator.cache.WeighedCache}, which has a bound in bytes, and {@link
 * dev.whistler.operator.cache.SharedValues}, which keeps equal values once.
 */
@NullMarked
package dev.whistler.operator.cache;

import org.jspecify.annotations.NullMarked;
