/** Whether programs stay in their tier, whatever they try. */
@NullMarked
package dev.whistler.compiler.tier;

import org.jspecify.annotations.NullMarked;
