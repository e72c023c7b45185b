@NullMarked
package dev.whistler.bpf.feature;

import org.jspecify.annotations.NullMarked;
