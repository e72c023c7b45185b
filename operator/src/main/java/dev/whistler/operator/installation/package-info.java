/**
 * That one replica of one installation at a time acts in a cluster: its programs, nodes and kernels
 * are shared by all that run there, and two operators or two agents on a node would work against
 * each other. The Lease says who, {@link dev.whistler.operator.installation.Leadership} whether
 * that is this process now, and all that writes goes through the client that is made here. Entry
 * point: {@link dev.whistler.operator.installation.OnlyInstallation}.
 */
@NullMarked
package dev.whistler.operator.installation;

import org.jspecify.annotations.NullMarked;
