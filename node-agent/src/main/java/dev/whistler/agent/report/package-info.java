/**
 * What the API server is told: the WhistlerNode (written on change only), the KernelProfile (when
 * it is wanted) and the Lease (always). Everything here may fail at any time and is tried again.
 */
@NullMarked
package dev.whistler.agent.report;

import org.jspecify.annotations.NullMarked;
