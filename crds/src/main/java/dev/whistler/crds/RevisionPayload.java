package dev.whistler.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionSpec.Scope;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one revision of a program is: the bytes in a {@link WhistlerRevision}, which agents act by.
 * {@link RevisionReading} reads it.
 *
 * @param program the program
 * @param revision its number, ≥ 1; 0 as long as it has none
 * @param sourceDigest SHA-256 of the program's text
 * @param buildDigest of all that the object depends on but the kernel, see {@link BuildDigest}
 * @param tier what the program may do
 * @param knobs values by name
 * @param nodeSelector which nodes run it; null: all
 * @param scope what it sees; null: everything
 * @param attach where programs attach whose sections do not say so
 * @param events which records are delivered
 * @param sinks where records go
 * @param metrics maps to show as metrics
 * @param maps entries to put into maps
 * @param budget what it may use on each node
 * @param requires what an agent must understand, names such as those of {@link RevisionFeature}
 */
@ResourceValue
public record RevisionPayload(
    @Required ProgramReference program,
    @Min(1) long revision,
    @Required @Pattern("^[0-9a-f]{64}$") String sourceDigest,
    @Required @Pattern("^[0-9a-f]{64}$") String buildDigest,
    @Required Tier tier,
    @Size(max = 256) Map<String, @Size(max = 256) String> knobs,
    @Nullable Selector nodeSelector,
    @Nullable Scope scope,
    @Size(max = 64) List<AttachTarget> attach,
    @Size(max = 64) List<EventRule> events,
    @Size(max = 8) List<ProgramSink> sinks,
    @Size(max = 64) List<MapMetric> metrics,
    @Size(max = 64) List<MapContents> maps,
    @Nullable Limits budget,
    @Size(max = MAX_FEATURES) List<@Size(max = 64) @Pattern(FEATURE) String> requires) {
  /** Most bytes of a payload: every agent of the cluster watches it. */
  public static final int MAX_BYTES = 32 * 1024;

  /** The form of the payload's bytes. */
  public static final String TYPE = "application/vnd.whistler.revision.v1+json";

  static final int MAX_FEATURES = 64;
  static final String FEATURE = "^[A-Z][A-Za-z0-9]*$";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public RevisionPayload {
    knobs = Absent.map(knobs);
    attach = Absent.list(attach);
    events = Absent.list(events);
    sinks = Absent.list(sinks);
    metrics = Absent.list(metrics);
    maps = Absent.list(maps);
    requires = Absent.list(requires);
  }

  /**
   * A payload whose build digest and requirements are those of its content.
   *
   * @param revision ≥ 0
   */
  public static RevisionPayload of(
      ProgramReference program,
      long revision,
      String sourceDigest,
      Tier tier,
      Map<String, String> knobs,
      @Nullable Selector nodeSelector,
      @Nullable Scope scope,
      List<AttachTarget> attach,
      List<EventRule> events,
      List<ProgramSink> sinks,
      List<MapMetric> metrics,
      List<MapContents> maps,
      @Nullable Limits budget) {
    RevisionPayload plain =
        new RevisionPayload(
            program,
            revision,
            sourceDigest,
            BuildDigest.of(
                program.name(),
                sourceDigest,
                tier,
                knobs,
                scope != null,
                budget != null && budget.cpuMillis() != null),
            tier,
            knobs,
            nodeSelector,
            scope,
            attach,
            events,
            sinks,
            metrics,
            maps,
            budget,
            List.of());
    return plain.with(revision, plain.buildDigest, List.copyOf(plain.uses()));
  }

  /** The same content under another number. */
  public RevisionPayload numbered(long number) {
    return with(number, buildDigest, requires);
  }

  /**
   * Whether both ask for the same, whatever their numbers. What is derived from the content does
   * not count: another version may derive it in another way.
   */
  public boolean asksForTheSameAs(RevisionPayload other) {
    return with(0, "", List.of()).equals(other.with(0, "", List.of()));
  }

  private RevisionPayload with(long number, String digest, List<String> features) {
    return new RevisionPayload(
        program,
        number,
        sourceDigest,
        digest,
        tier,
        knobs,
        nodeSelector,
        scope,
        attach,
        events,
        sinks,
        metrics,
        maps,
        budget,
        features);
  }

  /** What an agent must understand because of what stands here, sorted. */
  Set<String> uses() {
    Set<String> uses = new TreeSet<>();
    for (ProgramSink sink : sinks) {
      uses.add(
          sink.file() != null
              ? RevisionFeature.SINK_FILE
              : sink.stdout() != null ? RevisionFeature.SINK_STDOUT : RevisionFeature.SINK_REF);
    }
    addIf(!attach.isEmpty(), RevisionFeature.ATTACH, uses);
    addIf(!events.isEmpty(), RevisionFeature.EVENTS, uses);
    addIf(!metrics.isEmpty(), RevisionFeature.METRICS, uses);
    addIf(!maps.isEmpty(), RevisionFeature.MAPS, uses);
    addIf(scope != null, RevisionFeature.SCOPE, uses);
    addIf(budget != null, RevisionFeature.BUDGET, uses);
    return uses;
  }

  private static void addIf(boolean used, String feature, Set<String> uses) {
    if (used) {
      uses.add(feature);
    }
  }

  /** The bytes: JSON in the order of the fields, without what is empty. */
  public byte[] bytes() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON can be written as JSON", e);
    }
  }
}
