/**
 * Tracepoints as the kernel lists them in tracefs: names, ids and format texts. The entry is {@link
 * dev.whistler.bpf.tracefs.Tracefs}.
 */
@NullMarked
package dev.whistler.bpf.tracefs;

import org.jspecify.annotations.NullMarked;
