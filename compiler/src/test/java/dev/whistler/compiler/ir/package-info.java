@NullMarked
package dev.whistler.compiler.ir;

import org.jspecify.annotations.NullMarked;
