package dev.whistler.agent.work;

import dev.whistler.crds.WhistlerRevisionSpec;

/**
 * One program as this node should run it.
 *
 * @param spec the revision
 * @param artifact name of the WhistlerArtifact for this node's kernel
 */
public record Assignment(WhistlerRevisionSpec spec, String artifact) {

  /** Identity of the program, which no other program ever has. */
  public String uid() {
    return spec.program().uid();
  }

  public String program() {
    return spec.program().name();
  }

  public long revision() {
    return spec.revision();
  }
}
