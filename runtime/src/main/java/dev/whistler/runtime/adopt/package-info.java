/**
 * Programs that outlive the process: pins in a directory of ours on a BPF file system, and the
 * account of what was delivered in a pinned, memory-mapped map. Entry points: {@link
 * dev.whistler.runtime.adopt.PinnedProgram}, {@link dev.whistler.runtime.adopt.PinnedAccount}.
 */
@NullMarked
package dev.whistler.runtime.adopt;

import org.jspecify.annotations.NullMarked;
