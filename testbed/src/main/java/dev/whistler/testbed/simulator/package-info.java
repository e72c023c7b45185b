/**
 * N agents of which only the words exist: real requests to a real API server, under the tokens that
 * the agents of these nodes would have, and no kernel behind them. The measuring tool for
 * everything that shall work with thousands of nodes.
 *
 * <p>Start at {@link dev.whistler.testbed.simulator.Simulator}. {@link
 * dev.whistler.testbed.simulator.SyntheticKernel} says what kernels the nodes have, {@link
 * dev.whistler.testbed.simulator.SimulatorOptions} how many there are and how fast they answer.
 * Decisions are those of the real agents, by the same function of {@code crds}.
 *
 * <p>What real agents do and these do not: each of them watches on its own (four watches a node
 * here, two for all), and reports on the way from one revision to the next (here once, when it is
 * there).
 */
@NullMarked
package dev.whistler.testbed.simulator;

import org.jspecify.annotations.NullMarked;
