/**
 * What a new revision of a running program takes over from the one before. Entry point: {@link
 * dev.whistler.runtime.update.CarryRules}. Knows schemas only, not the kernel.
 */
@NullMarked
package dev.whistler.runtime.update;

import org.jspecify.annotations.NullMarked;
