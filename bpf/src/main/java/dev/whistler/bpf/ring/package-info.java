/**
 * Ring buffers: records that programs submit, read through shared memory. The entry is {@link
 * dev.whistler.bpf.ring.RingBufferReader}.
 */
@NullMarked
package dev.whistler.bpf.ring;

import org.jspecify.annotations.NullMarked;
