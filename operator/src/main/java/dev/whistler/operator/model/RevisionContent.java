package dev.whistler.operator.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.whistler.crds.Digest;
import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionSpec.Scope;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a revision of a program holds, apart from its number. */
public final class RevisionContent {
  /** Most bytes of a revision: every agent of the cluster watches it. */
  public static final int MAX_BYTES = 32 * 1024;

  private static final ObjectWriter JSON = new ObjectMapper().writerFor(WhistlerRevisionSpec.class);

  private final WhistlerRevisionSpec unnumbered;

  private RevisionContent(WhistlerRevisionSpec unnumbered) {
    this.unnumbered = unnumbered;
  }

  /**
   * What the newest spec asks for.
   *
   * @param source the program's text
   */
  public static RevisionContent of(
      ProgramIdentity program, WhistlerProgramSpec spec, String source) {
    @Nullable Scope scope =
        spec.podSelector() == null && spec.namespaceSelector() == null
            ? null
            : new Scope(spec.podSelector(), spec.namespaceSelector());
    return new RevisionContent(
        new WhistlerRevisionSpec(
            new ProgramReference(program.name(), program.uid()),
            0,
            Digest.ofText(source).hex(),
            Optional.ofNullable(spec.tier()).orElse(Tier.OBSERVE),
            spec.knobs(),
            spec.nodeSelector(),
            scope,
            spec.attach(),
            spec.events(),
            sinks(spec),
            spec.metrics(),
            spec.maps(),
            spec.budget(),
            null));
  }

  /**
   * Where records go, as agents are told: what is left to a default is decided here, so that it is
   * part of what a revision is. Each destination once.
   */
  private static List<ProgramSink> sinks(WhistlerProgramSpec spec) {
    return spec.sinks().isEmpty()
        ? List.of(ProgramSink.toStdout())
        : spec.sinks().stream().distinct().toList();
  }

  /** Why agents cannot be given this, if so. */
  public Optional<Refusal> refusal() {
    int bytes;
    try {
      bytes = JSON.writeValueAsBytes(unnumbered).length;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON can be written as JSON", e);
    }
    return bytes <= MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Reason.REVISION_TOO_LARGE,
                "Without its source the spec has "
                    + bytes
                    + " bytes, and agents are given at most "
                    + MAX_BYTES
                    + "; use fewer or shorter knobs, selectors and lists."));
  }

  /** UID of the program. */
  public String programUid() {
    return unnumbered.program().uid();
  }

  /** SHA-256 of the program's text. */
  public String sourceDigest() {
    return unnumbered.sourceDigest();
  }

  /** Whether a revision that exists is just this. */
  public boolean isThatOf(WhistlerRevisionSpec existing) {
    return unnumbered.equals(numbered(existing, 0));
  }

  /** The spec of a revision with this content. */
  public WhistlerRevisionSpec numbered(long revision) {
    return numbered(unnumbered, revision);
  }

  private static WhistlerRevisionSpec numbered(WhistlerRevisionSpec spec, long revision) {
    return new WhistlerRevisionSpec(
        spec.program(),
        revision,
        spec.sourceDigest(),
        spec.tier(),
        spec.knobs(),
        spec.nodeSelector(),
        spec.scope(),
        spec.attach(),
        spec.events(),
        spec.sinks(),
        spec.metrics(),
        spec.maps(),
        spec.budget(),
        null);
  }
}
