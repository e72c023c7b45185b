/**
 * Where records go on this node: the files of each program, in a folder of its own, bounded, and
 * gone some time after the program. Knows no Kubernetes client.
 */
@NullMarked
package dev.whistler.agent.deliver;

import org.jspecify.annotations.NullMarked;
