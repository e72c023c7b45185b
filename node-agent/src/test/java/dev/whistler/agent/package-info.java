@NullMarked
package dev.whistler.agent;

import org.jspecify.annotations.NullMarked;
