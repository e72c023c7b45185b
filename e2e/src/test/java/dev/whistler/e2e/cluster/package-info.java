@NullMarked
package dev.whistler.e2e.cluster;

import org.jspecify.annotations.NullMarked;
