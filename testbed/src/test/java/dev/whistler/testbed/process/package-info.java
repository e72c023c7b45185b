@NullMarked
package dev.whistler.testbed.process;

import org.jspecify.annotations.NullMarked;
