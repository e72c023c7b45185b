@NullMarked
package dev.whistler.agent.node;

import org.jspecify.annotations.NullMarked;
