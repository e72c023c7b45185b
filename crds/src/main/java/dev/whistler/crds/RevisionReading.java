package dev.whistler.crds;

import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a reader makes of a {@link WhistlerRevision}. Only the payload's bytes count: what stands
 * beside them is for people, and must say the same. Whoever can write revisions may have written
 * them, so all of it is bounded and checked.
 */
public sealed interface RevisionReading {
  /** The program. */
  ProgramReference program();

  /** The number. */
  long revision();

  /** It can be acted by. */
  record Readable(RevisionPayload payload) implements RevisionReading {
    @Override
    public ProgramReference program() {
      return payload.program();
    }

    @Override
    public long revision() {
      return payload.revision();
    }
  }

  /**
   * It cannot be acted by.
   *
   * @param program as the object states it
   * @param revision as the object states it
   * @param reason {@link NodeReason#TAMPERED} or {@link NodeReason#AGENT_TOO_OLD}
   * @param message one sentence
   * @param nodes which nodes it speaks of, as far as that can be told
   */
  record Refused(
      ProgramReference program,
      long revision,
      String reason,
      String message,
      Optional<Selector> nodes)
      implements RevisionReading {}

  /**
   * Whether the revision selects a node.
   *
   * @return empty if that cannot be told
   */
  default Optional<Boolean> selects(Map<String, String> labels) {
    return switch (this) {
      case Readable(RevisionPayload payload) -> Optional.of(selectorOf(payload).matches(labels));
      case Refused refused -> refused.nodes.map(selector -> selector.matches(labels));
    };
  }

  private static Selector selectorOf(RevisionPayload payload) {
    @Nullable Selector selector = payload.nodeSelector();
    return selector == null ? Selector.ALL : selector;
  }

  /**
   * Reads.
   *
   * @param known what the reader understands, of {@link RevisionFeature}
   */
  static RevisionReading of(WhistlerRevision revision, Set<String> known) {
    WhistlerRevisionSpec spec = revision.getSpec();
    if (spec.payload() == null) {
      // Stored before there were payloads; the API server has checked each field.
      return understood(spec, spec.formerPayload(), known);
    }
    try {
      if (!RevisionPayload.TYPE.equals(spec.payloadType())) {
        throw new UnknownContentException("its form");
      }
      RevisionPayload payload = PayloadReader.read(decoded(spec.payload()), known);
      requireOf(revision, payload);
      return understood(spec, payload, known);
    } catch (UnknownContentException e) {
      return tooOld(spec, e.getMessage(), Optional.empty());
    } catch (TamperedContentException e) {
      return new Refused(
          spec.program(),
          spec.revision(),
          NodeReason.TAMPERED,
          "Revision %d is not what an operator writes: %s. Find out who writes revisions besides it."
              .formatted(spec.revision(), e.getMessage()),
          Optional.empty());
    }
  }

  private static byte[] decoded(String base64) throws TamperedContentException {
    if (base64.length() > WhistlerRevisionSpec.MAX_PAYLOAD_BASE64) {
      throw new TamperedContentException("it is too large");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new TamperedContentException("its payload is no base64");
    }
  }

  /** A genuine payload in the place of another one would be run in its place. */
  private static void requireOf(WhistlerRevision revision, RevisionPayload payload)
      throws TamperedContentException {
    WhistlerRevisionSpec spec = revision.getSpec();
    if (!payload.program().equals(spec.program())) {
      throw new TamperedContentException("its payload is of another program");
    }
    String name = WhistlerRevision.nameOf(payload.program().name(), payload.revision());
    if (payload.revision() != spec.revision() || !name.equals(revision.getMetadata().getName())) {
      throw new TamperedContentException("its payload is of another revision");
    }
    if (!payload.sourceDigest().equals(spec.sourceDigest()) || payload.tier() != spec.tier()) {
      throw new TamperedContentException("beside its payload stands another source or tier");
    }
  }

  private static RevisionReading understood(
      WhistlerRevisionSpec spec, RevisionPayload payload, Set<String> known) {
    Set<String> unknown = new TreeSet<>(payload.requires());
    unknown.addAll(payload.uses());
    unknown.removeAll(known);
    return unknown.isEmpty()
        ? new Readable(payload)
        : tooOld(spec, String.join(", ", unknown), Optional.of(selectorOf(payload)));
  }

  private static Refused tooOld(
      WhistlerRevisionSpec spec, @Nullable String unknown, Optional<Selector> nodes) {
    return new Refused(
        spec.program(),
        spec.revision(),
        NodeReason.AGENT_TOO_OLD,
        "Revision %d requires what this agent does not know (%s); update the agents."
            .formatted(spec.revision(), unknown),
        nodes);
  }
}
