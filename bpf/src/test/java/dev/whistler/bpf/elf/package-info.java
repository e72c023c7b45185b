@NullMarked
package dev.whistler.bpf.elf;

import org.jspecify.annotations.NullMarked;
