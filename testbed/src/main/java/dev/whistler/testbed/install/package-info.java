/**
 * Our custom resources, operator and agents on a {@link dev.whistler.testbed.cluster.TestCluster},
 * as local processes from the jars that the build left under {@code target}.
 */
@NullMarked
package dev.whistler.testbed.install;

import org.jspecify.annotations.NullMarked;
