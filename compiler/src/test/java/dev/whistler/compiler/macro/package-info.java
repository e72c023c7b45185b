@NullMarked
package dev.whistler.compiler.macro;

import org.jspecify.annotations.NullMarked;
