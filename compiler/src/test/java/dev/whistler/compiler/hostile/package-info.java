/** Inputs of an attacker: sources and kernel descriptions. */
@NullMarked
package dev.whistler.compiler.hostile;

import org.jspecify.annotations.NullMarked;
