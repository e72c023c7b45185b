package dev.whistler.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What an administrator can set, as {@code whistler.*} or {@code WHISTLER_*}. */
@ConfigMapping(prefix = "whistler")
public interface OperatorConfig {
  /** The operator's namespace; the agents' Leases are there. */
  @WithDefault("whistler-system")
  String namespace();

  /** Name of the Helm release; with the namespace it names the installation. */
  @WithDefault("whistler")
  String release();

  /**
   * How long the Lease by which one installation only acts in the cluster may go without a renewal;
   * looked at 24 times in it.
   */
  @WithDefault("120s")
  Duration installationLease();

  /** Longest compilation of one program for one kernel. */
  @WithDefault("20s")
  Duration compileTimeLimit();

  /** Compilations at once; at least 2. */
  @WithDefault("2")
  int buildWorkers();

  /** Mebibytes of builds that are remembered, about. */
  @WithDefault("64")
  int buildCacheMib();

  /**
   * How long the deletion of a program waits for agents to unload it. An agent that cannot be
   * reached in that time cleans up when it returns.
   */
  @WithDefault("30s")
  Duration unloadTimeLimit();

  /** Most profiles that agents are asked for at once. */
  @WithDefault("20")
  int wantedProfiles();
}
