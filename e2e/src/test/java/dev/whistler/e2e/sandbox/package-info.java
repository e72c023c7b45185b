@NullMarked
package dev.whistler.e2e.sandbox;

import org.jspecify.annotations.NullMarked;
