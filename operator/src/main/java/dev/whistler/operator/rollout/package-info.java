/**
 * Which revisions there shall be and what agents do with each. Entry point: {@link
 * dev.whistler.operator.rollout.RolloutPlan#of}.
 */
@NullMarked
package dev.whistler.operator.rollout;

import org.jspecify.annotations.NullMarked;
