/**
 * Reads from an object what the check needs, in the way in which the loader reads it. An object
 * that could be read in two ways is refused. Entry point: {@link
 * dev.whistler.tier.object.ObjectCode}.
 */
@NullMarked
package dev.whistler.tier.object;

import org.jspecify.annotations.NullMarked;
