/**
 * Mount and network name spaces and control groups for servers that would otherwise change the
 * machine. Start at {@link dev.whistler.testbed.sandbox.Sandbox}. Knows nothing of Kubernetes.
 */
@NullMarked
package dev.whistler.testbed.sandbox;

import org.jspecify.annotations.NullMarked;
