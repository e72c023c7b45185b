package dev.whistler.e2e.install;

import java.nio.file.Path;

/**
 * An agent that runs for one node.
 *
 * @param node name of the node
 * @param process the agent itself
 * @param directory its own directory; file sinks are in {@code files} below it
 */
public record AgentProcess(String node, QuarkusProcess process, Path directory) {

  /** The file behind a file sink of that bare name. */
  public Path sinkFile(String name) {
    return directory.resolve("files").resolve(name);
  }
}
