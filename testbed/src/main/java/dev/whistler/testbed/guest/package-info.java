/**
 * Other kernels: Debian's cloud kernels booted in QEMU, with a folder as their root.
 *
 * <p>Start at {@link dev.whistler.testbed.guest.Guest#run}. Kernels come from {@link
 * dev.whistler.testbed.guest.GuestKernels}, the folder from {@link
 * dev.whistler.testbed.guest.GuestRoot}. Nothing of the machine is changed; processes end with the
 * call.
 */
@NullMarked
package dev.whistler.testbed.guest;

import org.jspecify.annotations.NullMarked;
