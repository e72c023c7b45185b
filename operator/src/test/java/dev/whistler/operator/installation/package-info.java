/** Who leads, and what that keeps others from. */
@NullMarked
package dev.whistler.operator.installation;

import org.jspecify.annotations.NullMarked;
