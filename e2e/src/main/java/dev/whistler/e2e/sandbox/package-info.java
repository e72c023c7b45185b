/**
 * Mount and network name spaces and control groups for servers that would otherwise change the
 * machine. Start at {@link dev.whistler.e2e.sandbox.Sandbox}. Knows nothing of Kubernetes.
 */
@NullMarked
package dev.whistler.e2e.sandbox;

import org.jspecify.annotations.NullMarked;
