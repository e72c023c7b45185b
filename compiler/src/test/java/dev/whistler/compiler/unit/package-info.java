@NullMarked
package dev.whistler.compiler.unit;

import org.jspecify.annotations.NullMarked;
