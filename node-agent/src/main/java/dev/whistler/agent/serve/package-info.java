/** What the agent serves to others: counters for Prometheus and readiness for the kubelet. */
@NullMarked
package dev.whistler.agent.serve;

import org.jspecify.annotations.NullMarked;
