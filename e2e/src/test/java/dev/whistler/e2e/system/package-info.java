/** The whole system: real API server, real kernel, operator and agent as processes. */
@NullMarked
package dev.whistler.e2e.system;

import org.jspecify.annotations.NullMarked;
