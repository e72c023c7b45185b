@NullMarked
package dev.whistler.testbed.simulator;

import org.jspecify.annotations.NullMarked;
