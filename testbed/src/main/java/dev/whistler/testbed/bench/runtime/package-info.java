/**
 * Measures how records come out of ring buffers: ours and a consumer in C on libbpf, in turn, each
 * with the same program. A ring is filled by test runs and then drained, so that the two do not
 * disturb each other.
 */
@NullMarked
package dev.whistler.testbed.bench.runtime;

import org.jspecify.annotations.NullMarked;
