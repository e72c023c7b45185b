/**
 * That one installation at a time acts in a cluster: its programs, nodes and kernels are shared by
 * all that run there, and two operators or two agents on a node would work against each other.
 * Entry point: {@link dev.whistler.operator.installation.InstallationLease}.
 */
@NullMarked
package dev.whistler.operator.installation;

import org.jspecify.annotations.NullMarked;
