/**
 * Other kernels: Debian's cloud kernels booted in QEMU, with a folder as their root.
 *
 * <p>Start at {@link dev.whistler.e2e.guest.Guest#run}. Kernels come from {@link
 * dev.whistler.e2e.guest.GuestKernels}, the folder from {@link dev.whistler.e2e.guest.GuestRoot}.
 * Nothing of the machine is changed; processes end with the call.
 */
@NullMarked
package dev.whistler.e2e.guest;

import org.jspecify.annotations.NullMarked;
