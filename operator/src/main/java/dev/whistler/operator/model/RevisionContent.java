package dev.whistler.operator.model;

import dev.whistler.crds.Digest;
import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionSpec.Scope;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a revision of a program holds, apart from its number. */
public final class RevisionContent {
  /** The number that takes the most bytes: none may make a payload too large later. */
  private static final long LONGEST_NUMBER = Long.MAX_VALUE;

  private final RevisionPayload unnumbered;

  private RevisionContent(RevisionPayload unnumbered) {
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
        RevisionPayload.of(
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
            spec.budget()));
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
    int bytes = numbered(LONGEST_NUMBER).bytes().length;
    return bytes <= RevisionPayload.MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Reason.REVISION_TOO_LARGE,
                "Without its source the spec has "
                    + bytes
                    + " bytes, and agents are given at most "
                    + RevisionPayload.MAX_BYTES
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
  public boolean isThatOf(RevisionReading existing) {
    return switch (existing) {
      case RevisionReading.Readable(RevisionPayload payload) ->
          unnumbered.asksForTheSameAs(payload);
      case RevisionReading.Refused refused -> false;
    };
  }

  /** The payload of a revision with this content. */
  public RevisionPayload numbered(long revision) {
    return unnumbered.numbered(revision);
  }
}
