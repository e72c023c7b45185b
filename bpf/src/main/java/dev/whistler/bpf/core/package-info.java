/**
 * CO-RE: fitting an object that clang built against one kernel's headers to the types of another
 * (Documentation/bpf/llvm_reloc.rst). The entry is {@link dev.whistler.bpf.core.CoreRelocator}.
 */
@NullMarked
package dev.whistler.bpf.core;

import org.jspecify.annotations.NullMarked;
