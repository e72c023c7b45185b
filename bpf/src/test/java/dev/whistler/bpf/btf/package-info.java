@NullMarked
package dev.whistler.bpf.btf;

import org.jspecify.annotations.NullMarked;
