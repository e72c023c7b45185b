@NullMarked
package dev.whistler.e2e.kernels;

import org.jspecify.annotations.NullMarked;
