/**
 * Pins: names in a BPF file system that keep maps, programs and links alive without a process. The
 * entry is {@link dev.whistler.bpf.pin.PinDirectory}.
 */
@NullMarked
package dev.whistler.bpf.pin;

import org.jspecify.annotations.NullMarked;
