/**
 * Maps: creation from a {@link dev.whistler.bpf.map.MapSpec}, element and batch operations, per-CPU
 * values, iteration that is safe while programs change the map, freezing and memory mapping. The
 * entry is {@link dev.whistler.bpf.map.BpfMap}.
 *
 * <p>Keys and values are bytes in the kernel's layout; what they mean is the caller's matter.
 */
@NullMarked
package dev.whistler.bpf.map;

import org.jspecify.annotations.NullMarked;
