@NullMarked
package dev.whistler.agent.log;

import org.jspecify.annotations.NullMarked;
