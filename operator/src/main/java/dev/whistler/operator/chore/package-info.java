/**
 * What the chart has done by Jobs with the operator's image: bring the resource definitions up to
 * date before an upgrade, take programs out of the nodes before an uninstallation, and look whether
 * an installation works. Entry point: {@link dev.whistler.operator.chore.Chores}. A chore is a
 * process of its own, without Quarkus and without the operator's state.
 */
@NullMarked
package dev.whistler.operator.chore;

import org.jspecify.annotations.NullMarked;
