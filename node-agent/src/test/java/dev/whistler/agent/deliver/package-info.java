@NullMarked
package dev.whistler.agent.deliver;

import org.jspecify.annotations.NullMarked;
