@NullMarked
package dev.whistler.e2e.process;

import org.jspecify.annotations.NullMarked;
