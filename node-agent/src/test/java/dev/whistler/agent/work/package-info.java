@NullMarked
package dev.whistler.agent.work;

import org.jspecify.annotations.NullMarked;
