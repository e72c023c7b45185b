@NullMarked
package dev.whistler.compiler.reader;

import org.jspecify.annotations.NullMarked;
