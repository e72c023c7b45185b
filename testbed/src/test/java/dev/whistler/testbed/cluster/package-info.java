@NullMarked
package dev.whistler.testbed.cluster;

import org.jspecify.annotations.NullMarked;
