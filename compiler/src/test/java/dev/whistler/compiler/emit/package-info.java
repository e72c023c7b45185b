@NullMarked
package dev.whistler.compiler.emit;

import org.jspecify.annotations.NullMarked;
