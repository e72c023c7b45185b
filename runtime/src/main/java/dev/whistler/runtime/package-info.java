/**
 * One loaded program on one machine: load, attach, consume, decode, deliver, account for loss.
 *
 * <p>Entry point: {@link dev.whistler.runtime.Runtime#start}. An object comes in as bytes and
 * describes itself by its schema section; records go out as JSON lines. What happens in between
 * follows the package names: {@code schema} reads what the object says about itself, {@code encode}
 * and {@code maps} fill maps from outside, {@code load} brings programs into the kernel and
 * attaches them, {@code decode} turns ring buffer records into JSON, {@code deliver} hands them to
 * sinks, and {@code account} counts every record on its way. Nothing here knows Kubernetes.
 */
@NullMarked
package dev.whistler.runtime;

import org.jspecify.annotations.NullMarked;
