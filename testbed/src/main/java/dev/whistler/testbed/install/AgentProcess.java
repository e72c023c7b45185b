package dev.whistler.testbed.install;

import java.nio.file.Path;

/**
 * An agent that runs for one node.
 *
 * @param node name of the node
 * @param process the agent itself
 * @param directory its own directory; file sinks are in {@code files/PROGRAM} below it
 */
public record AgentProcess(String node, QuarkusProcess process, Path directory) {

  /** The file behind the file sink that has its program's name. */
  public Path sinkFile(String name) {
    return directory.resolve("files").resolve(name).resolve(name);
  }
}
