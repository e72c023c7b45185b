@NullMarked
package dev.whistler.e2e.bench;

import org.jspecify.annotations.NullMarked;
