/**
 * Counts every record on its way: {@code produced = decoded + undecodable + inRing} per ring, and
 * {@code decoded = filtered + delivered + lost + queued} per ring and sink, exact at rest.
 */
@NullMarked
package dev.whistler.runtime.account;

import org.jspecify.annotations.NullMarked;
