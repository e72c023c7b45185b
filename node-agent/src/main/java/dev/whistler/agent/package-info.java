/**
 * The agent of one node: watches revisions, runs those that select its node, and reports what the
 * node is and runs.
 *
 * <p>Data passes in this order: {@code node} (what this machine is) → {@code work} (revisions that
 * select it → running programs) → {@code report} (what the API server is told) with {@code serve}
 * (metrics and health) beside. {@link dev.whistler.agent.Agent} starts and stops them.
 */
@NullMarked
package dev.whistler.agent;

import org.jspecify.annotations.NullMarked;
