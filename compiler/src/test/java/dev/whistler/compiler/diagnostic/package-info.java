@NullMarked
package dev.whistler.compiler.diagnostic;

import org.jspecify.annotations.NullMarked;
