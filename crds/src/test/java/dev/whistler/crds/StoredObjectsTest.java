package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerNodeStatus.State;
import dev.whistler.crds.WhistlerNodeStatus.Target;
import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import dev.whistler.crds.WhistlerRevisionSpec.Scope;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Objects of every kind as this version stores them. */
final class StoredObjectsTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "stored");
  private static final String UID = "6f0c1d5e-3b1a-4c7e-9a52-0c8e2f1b7d11";
  private static final String SOURCE = "(defprog …)";
  private static final String PROFILE = "a".repeat(40);
  private static final String OTHER_PROFILE = "b".repeat(40);
  private static final String TIME = "2026-11-29T07:00:00Z";

  @Test
  void areWrittenAsTheyStand() throws Exception {
    for (Map.Entry<String, HasMetadata> object : all().entrySet()) {
      Path file = FOLDER.resolve(object.getKey() + ".yaml");
      String yaml = Serialization.asYaml(object.getValue());
      if (Boolean.getBoolean("whistler.approve")) {
        Files.writeString(file, yaml);
      }
      assertThat(Files.readString(file)).isEqualTo(yaml);
    }
  }

  private static Map<String, HasMetadata> all() throws MalformedContentException {
    Map<String, HasMetadata> all = new TreeMap<>();
    Selector zone =
        new Selector(
            Map.of("zone", "a"),
            List.of(
                new Selector.Requirement(
                    "kubernetes.io/arch", Selector.Operator.IN, List.of("amd64", "arm64"))));
    List<ProgramSink> sinks = List.of(ProgramSink.toStdout(), ProgramSink.toFile("forks.jsonl"));
    all.put(
        "whistlerprogram-all",
        named(
            new WhistlerProgram(),
            "forks",
            new WhistlerProgramSpec(
                SOURCE,
                null,
                Tier.ACT,
                Map.of("min-us", "7"),
                zone,
                null,
                null,
                List.of(),
                List.of(),
                sinks,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null),
            programStatus()));
    all.put(
        "whistlerprogram-smallest",
        named(new WhistlerProgram(), "smallest", WhistlerProgramSpec.ofSource(SOURCE), null));
    all.put(
        "whistlerrevision-active",
        named(
            new WhistlerRevision(),
            "forks-2",
            revision(2, Map.of("min-us", "7"), zone, sinks),
            new WhistlerRevisionStatus(
                WhistlerRevisionStatus.Phase.ACTIVE,
                Map.of(PROFILE, "1".repeat(40), OTHER_PROFILE, "2".repeat(40)),
                null,
                List.of(),
                null)));
    all.put(
        "whistlerrevision-superseded",
        named(
            new WhistlerRevision(),
            "forks-1",
            revision(1, Map.of(), null, List.of(ProgramSink.toStdout())),
            new WhistlerRevisionStatus(
                WhistlerRevisionStatus.Phase.SUPERSEDED,
                Map.of(PROFILE, "3".repeat(40)),
                50,
                List.of("node-a"),
                true)));
    all.put(
        "whistlerrevision-everything",
        named(new WhistlerRevision(), "forks-3", everything(), null));
    byte[] object = "object".getBytes(StandardCharsets.UTF_8);
    WhistlerArtifactSpec artifact =
        new WhistlerArtifactSpec(
            UID,
            Digest.ofText(SOURCE).hex(),
            "x86-64",
            "4".repeat(64),
            Digest.of(object).hex(),
            Base64.getEncoder().encodeToString(object),
            List.of(new WhistlerArtifactSpec.ProgramSize("born", 41, 16)),
            null);
    all.put(
        "whistlerartifact",
        named(
            new WhistlerArtifact(),
            WhistlerArtifactSpec.nameOf(
                artifact.programUid(), artifact.sourceDigest(), artifact.objectDigest()),
            artifact,
            null));
    all.put("whistlernode", named(new WhistlerNode(), "node-a", null, nodeStatus()));
    all.put("whistlernode-silent", named(new WhistlerNode(), "node-b", null, null));
    KernelProfileContent profile =
        KernelProfileContent.of("x86-64", Map.of("sched/sched_process_fork", "field"), Set.of());
    all.put(
        "kernelprofile",
        named(new KernelProfile(), profile.digest().name(), profile.toSpec(), null));
    all.put(
        "kernelprofilerequest",
        named(
            new KernelProfileRequest(),
            KernelProfileRequest.NAME,
            new KernelProfileRequestSpec(List.of(PROFILE)),
            null));
    all.put(
        "kerneltypes",
        named(
            new KernelTypes(),
            "5".repeat(40),
            new KernelTypesSpec(
                KernelTypesSpec.Part.TYPES, PROFILE, 0, 1, "6".repeat(64), "5".repeat(64), "QQ=="),
            null));
    all.put(
        "whistlersink",
        named(
            new WhistlerSink(),
            "events",
            new WhistlerSinkSpec(
                null,
                null,
                new WhistlerSinkSpec.Http(
                    "https://events.example/", WhistlerSinkSpec.ContentMode.BINARY, "token"),
                null,
                null),
            null));
    return all;
  }

  private static WhistlerRevisionSpec revision(
      long number, Map<String, String> knobs, Selector nodes, List<ProgramSink> sinks) {
    return new WhistlerRevisionSpec(
        new ProgramReference("forks", UID),
        number,
        Digest.ofText(SOURCE).hex(),
        Tier.ACT,
        knobs,
        nodes,
        null,
        List.of(),
        List.of(),
        sinks,
        List.of(),
        List.of(),
        null,
        null);
  }

  /** Of fields that no operator has filled yet, too: the definition had them. */
  private static WhistlerRevisionSpec everything() {
    return new WhistlerRevisionSpec(
        new ProgramReference("forks", UID),
        3,
        Digest.ofText(SOURCE).hex(),
        Tier.OBSERVE,
        Map.of("min-us", "7"),
        Selector.ALL,
        new Scope(Selector.label("app", "web"), Selector.label("team", "x")),
        List.of(
            new AttachTarget(
                "p", null, null, null, new AttachTarget.Uprobe("/bin/sh", "main", 3L))),
        List.of(new EventRule("lives", List.of("life"), "data.pid > 1", 10, 100)),
        List.of(new ProgramSink("events", null, null)),
        List.of(new MapMetric("m", "forks_total", MapMetric.Type.COUNTER, List.of("pid"), 10)),
        List.of(
            new MapContents(
                "blocked",
                List.of(new MapContents.Entry(IntNode.valueOf(1), IntNode.valueOf(2))),
                MapContents.Mode.OWN)),
        new Limits(10, 100, 65536L),
        "c2ln");
  }

  private static WhistlerProgramStatus programStatus() {
    return new WhistlerProgramStatus(
        3,
        1L,
        2L,
        1L,
        List.of(condition("Compiled", ResourceCondition.Status.FALSE, "MissingTracepointField")),
        List.of(
            new WhistlerProgramStatus.SourceDiagnostic(
                "E-TPFIELD",
                WhistlerProgramStatus.Severity.ERROR,
                3,
                20,
                "no field",
                "use another",
                List.of("6.1.0"))),
        List.of(
            new WhistlerProgramStatus.Build("1".repeat(40), 41, 1, List.of("6.18.0"), null),
            new WhistlerProgramStatus.Build(null, null, 1, List.of("6.1.0"), "no field")),
        new WhistlerProgramStatus.NodeCounts(2, 1, 1, 0, 2, "1/2"),
        List.of(
            new WhistlerProgramStatus.NodeFailure(
                "node-b", "MissingTracepointField", "It does not compile.")),
        new WhistlerProgramStatus.Rollout(WhistlerRevisionStatus.Phase.ACTIVE, null, List.of()));
  }

  private static WhistlerNodeStatus nodeStatus() {
    return new WhistlerNodeStatus(
        "6.18.0",
        "x86-64",
        "1e10c516-a2bd-4e9c-886d-c9ccbd848a8f",
        "0.1.0-SNAPSHOT",
        PROFILE,
        List.of(
            new WhistlerNodeStatus.Feature(
                "RingBuffer", WhistlerNodeStatus.Support.SUPPORTED, null)),
        List.of(
            new NodeProgram(
                "forks",
                UID,
                new Running(1, "3".repeat(40), TIME, NodeReason.RECORDS_LOST, "Lost."),
                new Target(
                    2, "1".repeat(40), State.FAILED, NodeReason.VERIFIER_REJECTED, "Refused.")),
            new NodeProgram(
                "waits", "7", null, new Target(1, "7".repeat(40), State.UNLOADING, null, null))),
        List.of(
            condition("Ready", ResourceCondition.Status.TRUE, "AgentReady"),
            condition("ProfileAccepted", ResourceCondition.Status.FALSE, "ProfileDenied")));
  }

  private static ResourceCondition condition(
      String type, ResourceCondition.Status status, String reason) {
    return new ResourceCondition(type, status, reason, "A sentence.", 3, TIME);
  }

  private static <S, T> HasMetadata named(
      CustomResource<S, T> resource, String name, S spec, T status) {
    resource.getMetadata().setName(name);
    resource.setSpec(spec);
    resource.setStatus(status);
    return resource;
  }
}
