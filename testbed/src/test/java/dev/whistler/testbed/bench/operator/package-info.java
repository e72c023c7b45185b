@NullMarked
package dev.whistler.testbed.bench.operator;

import org.jspecify.annotations.NullMarked;
