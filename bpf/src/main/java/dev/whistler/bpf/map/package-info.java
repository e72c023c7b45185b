/**
 * Maps: creation from a {@link dev.whistler.bpf.map.MapSpec}, element and batch operations, per-CPU
 * values, iteration that is safe while programs change the map, freezing and memory mapping. The
 * entry is {@link dev.whistler.bpf.map.BpfMap}.
 *
 * <p>Its keys and values are bytes in the kernel's layout; {@link dev.whistler.bpf.map.TypedMap}
 * shows them as Java values, by codecs or by the map's own type information.
 */
@NullMarked
package dev.whistler.bpf.map;

import org.jspecify.annotations.NullMarked;
