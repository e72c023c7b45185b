@NullMarked
package dev.whistler.compiler.pass;

import org.jspecify.annotations.NullMarked;
