/** The agent's log, which nothing that the agent does may wait for. */
@NullMarked
package dev.whistler.agent.log;

import org.jspecify.annotations.NullMarked;
