package dev.whistler.agent.work;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;

/**
 * One program as this node should run it.
 *
 * @param reading the revision
 * @param artifact name of the WhistlerArtifact for this node's kernel
 */
public record Assignment(RevisionReading reading, String artifact) {

  /** Of a revision that can be acted by. */
  public static Assignment of(RevisionPayload payload, String artifact) {
    return new Assignment(new RevisionReading.Readable(payload), artifact);
  }

  /** Identity of the program, which no other program ever has. */
  public String uid() {
    return reading.program().uid();
  }

  public String program() {
    return reading.program().name();
  }

  public long revision() {
    return reading.revision();
  }

  /**
   * What the revision is.
   *
   * @throws StartException {@code TAMPERED} or {@code AGENT_TOO_OLD} if it cannot be acted by
   */
  RevisionPayload payload() throws StartException {
    return switch (reading) {
      case RevisionReading.Readable(RevisionPayload payload) -> payload;
      case RevisionReading.Refused refused ->
          throw new StartException(
              refused.reason().equals(NodeReason.AGENT_TOO_OLD)
                  ? FailureReason.AGENT_TOO_OLD
                  : FailureReason.TAMPERED,
              refused.message());
    };
  }
}
