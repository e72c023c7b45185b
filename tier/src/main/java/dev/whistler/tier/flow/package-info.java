/**
 * Where the values in registers and stack slots can come from, by abstract interpretation of the
 * instructions. Entry point: {@link dev.whistler.tier.flow.Analysis}.
 */
@NullMarked
package dev.whistler.tier.flow;

import org.jspecify.annotations.NullMarked;
