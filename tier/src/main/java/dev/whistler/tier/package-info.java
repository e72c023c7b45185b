/**
 * What the code of an object may do in a tier, decided on its bytes. The compiler asks after it has
 * written an object, the runtime before it loads one; neither trusts the other. Entry point: {@link
 * dev.whistler.tier.TierCheck}.
 */
@NullMarked
package dev.whistler.tier;

import org.jspecify.annotations.NullMarked;
