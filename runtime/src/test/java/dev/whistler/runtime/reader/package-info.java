@NullMarked
package dev.whistler.runtime.reader;

import org.jspecify.annotations.NullMarked;
