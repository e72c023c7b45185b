@NullMarked
package dev.whistler.bpf.link;

import org.jspecify.annotations.NullMarked;
