/**
 * The system call layer, and the only package that allocates native memory or calls native
 * functions: file descriptors that own their close ({@link dev.whistler.bpf.sys.Fd}), the commands
 * of bpf(2) with their attribute layouts, memory mappings, epoll, perf events and mounts. Every
 * call captures errno at once and fails with a {@link dev.whistler.bpf.sys.SystemCallException}.
 *
 * <p>Depends on no other package of this library. Little-endian Linux on x86-64 and arm64.
 */
@NullMarked
package dev.whistler.bpf.sys;

import org.jspecify.annotations.NullMarked;
