@NullMarked
package dev.whistler.testbed.kernels;

import org.jspecify.annotations.NullMarked;
