@NullMarked
package dev.whistler.agent.task;

import org.jspecify.annotations.NullMarked;
