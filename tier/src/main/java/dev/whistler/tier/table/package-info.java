/**
 * What each tier allows, as data: helpers, program sections and map types. A tier is an allow-list:
 * what has no row is allowed in {@code unrestricted} only.
 */
@NullMarked
package dev.whistler.tier.table;

import org.jspecify.annotations.NullMarked;
