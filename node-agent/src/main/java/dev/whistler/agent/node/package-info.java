/**
 * What this machine is: its release, boot and architecture, and its kernel as the compiler needs to
 * know it. Reads {@code /proc} and tracefs; knows nothing of Kubernetes.
 */
@NullMarked
package dev.whistler.agent.node;

import org.jspecify.annotations.NullMarked;
