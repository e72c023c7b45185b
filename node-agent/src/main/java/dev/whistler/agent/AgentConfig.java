package dev.whistler.agent;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What an administrator may set. Environment variables work too, as {@code WHISTLER_NODE_NAME}. */
@ConfigMapping(prefix = "whistler")
public interface AgentConfig {

  /** Name of this node as the API server knows it; from the downward API in a pod. */
  String nodeName();

  /** Namespace of the operator: its parameters and the agents' Leases are there. */
  @WithDefault("whistler-system")
  String namespace();

  /** The agent's own directory on the node; file sinks write below {@code files/PROGRAM} in it. */
  @WithDefault("/var/lib/whistler")
  Path directory();

  /**
   * Directory on the node's BPF file system in which programs are pinned: they go on while no agent
   * runs, and the next one adopts them. Without it they end with the agent.
   */
  Optional<Path> pins();

  /** How long an unloaded program's last records may take to reach their sinks. */
  @WithDefault("5s")
  Duration drain();

  /** Most kernel memory that the maps of one program may take; a number of bytes, or with Mi. */
  @WithDefault("64Mi")
  ByteCount programMapBytes();

  /** Most kernel memory that the maps of all programs of the node may take. */
  @WithDefault("256Mi")
  ByteCount nodeMapBytes();

  /** How long the agent may be silent before its node counts as lost; renewed three times in it. */
  @WithDefault("120s")
  Duration lease();

  /** Files to which programs write. */
  Files files();

  /** What each of them may take. */
  interface Files {
    /** Most bytes of one file, 64 KiB to 1 TiB; then it is rotated. */
    @WithDefault("67108864")
    long maxBytes();

    /** How many earlier files are kept beside it, at most 1000. */
    @WithDefault("4")
    int maxFiles();

    /** Most bytes of all files of all programs together. */
    @WithDefault("4294967296")
    long totalBytes();
  }
}
