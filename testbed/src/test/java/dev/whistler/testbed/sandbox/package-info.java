@NullMarked
package dev.whistler.testbed.sandbox;

import org.jspecify.annotations.NullMarked;
