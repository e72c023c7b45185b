package dev.whistler.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

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
   * Name of this process among those of its installation, such as its pod's. An earlier process of
   * the same name must have ended, since this one takes over from it at once; made up when missing.
   */
  Optional<String> replica();

  /** What this operator is called in logs and metrics; replicas of two may run side by side. */
  @WithDefault("${quarkus.application.version:unknown}")
  String version();

  /**
   * How long the Lease by which one replica leads may go without a renewal, in whole seconds from 2
   * on; renewed three times in it. Another installation waits twelve times as long.
   */
  @WithDefault("10s")
  Duration leaderLease();

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

  /**
   * How long what was made for a kernel (its profile, types and bindings) is kept after the last
   * node that had it was heard of, or after the operator's start.
   */
  @WithDefault("1h")
  Duration kernelGrace();
}
