@NullMarked
package dev.whistler.e2e.install;

import org.jspecify.annotations.NullMarked;
