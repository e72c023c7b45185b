@NullMarked
package dev.whistler.compiler.flow;

import org.jspecify.annotations.NullMarked;
