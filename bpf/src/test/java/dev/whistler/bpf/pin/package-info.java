@NullMarked
package dev.whistler.bpf.pin;

import org.jspecify.annotations.NullMarked;
