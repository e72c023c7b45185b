package dev.whistler.testbed.cluster;

import java.nio.file.Path;
import java.util.Optional;

/** A cluster that a provider has started or found. */
public interface RunningCluster extends AutoCloseable {

  /** A kubeconfig file with administrator rights. */
  Path kubeconfig();

  /** The switch of the API server, where the provider owns that process. */
  Optional<ApiServerSwitch> apiServer();

  /**
   * The API server's audit log, JSON lines of what service accounts ask for (without bodies); empty
   * where the provider does not own that process.
   */
  default Optional<Path> auditLog() {
    return Optional.empty();
  }

  /** The node that runs pods on this machine; empty in the control-plane size. */
  Optional<ClusterNode> node();

  /** Stops and removes everything that {@link ClusterProvider#start} made; what it found stays. */
  @Override
  void close();

  /** Takes the API server away and brings it back at the same address with the same data. */
  interface ApiServerSwitch {

    /** Ends the process; returns when its port is closed. */
    void stop();

    /** SIGKILL: connections break, nobody is told; returns when the process is gone. */
    void kill();

    /** Starts it again; returns when it is ready. */
    void start();
  }
}
