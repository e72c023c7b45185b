@NullMarked
package dev.whistler.testbed.bench;

import org.jspecify.annotations.NullMarked;
