@NullMarked
package dev.whistler.bpf.verifier;

import org.jspecify.annotations.NullMarked;
