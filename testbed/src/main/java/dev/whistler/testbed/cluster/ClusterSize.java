package dev.whistler.testbed.cluster;

/** How much of a Kubernetes is needed. */
public enum ClusterSize {
  /** etcd, API server and controller-manager: nodes are names, and nothing runs in pods. */
  CONTROL_PLANE,
  /** With scheduler, kubelet, container runtime and networks: pods run. */
  FULL
}
