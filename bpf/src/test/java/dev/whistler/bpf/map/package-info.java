@NullMarked
package dev.whistler.bpf.map;

import org.jspecify.annotations.NullMarked;
