package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins that another version of us left are replaced, damaged ones are not touched. */
@Timeout(60)
class OtherVersionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final byte[] OBJECT = KillsObject.build(1 << 16);

  /** As version 1 wrote it, which had a number of links. */
  private static final String VERSION_1 =
      """
      {"version":1,"uid":"uid-1","revision":1,"objectDigest":"00","maps":["notes"],\
      "programs":["on_kill"],"links":1,"sinks":["out"]}\
      """;

  private static final String VERSION_3 =
      """
      {"version":3,"uid":"uid-1","revision":1,"objectDigest":"00","objects":{"maps":["notes"]}}\
      """;

  @TempDir Path directory;
  private final PinDirectory bpffs = PinDirectory.privateToProcess();
  private final PinDirectory root = bpffs.directory("whistler");

  @AfterEach
  void unmount() {
    bpffs.close();
  }

  private RunRequest request(Killer killer) {
    return RunRequest.of(OBJECT, new Identity("node-1", "kills", "uid-1", 1))
        .withMaps(KillsObject.wanted(killer.pid()))
        .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))))
        .withPinDirectory(root.path());
  }

  /** Starts the program and lets go of it: what stays in the kernel. */
  private HeldObjects pinned(Killer killer) throws StartException {
    HeldObjects before = HeldObjects.now();
    RunningProgram program = Runtime.start(request(killer));
    HeldObjects left = HeldObjects.now().since(before);
    program.leave(SOON);
    return left;
  }

  private PinDirectory pins() {
    return root.directory("uid-1");
  }

  private void replaceManifest(String text) {
    replaceManifest("whistler_mfst", text.getBytes(StandardCharsets.UTF_8));
  }

  private void replaceManifest(String name, byte[] content) {
    replaceManifest(pins(), name, content);
  }

  /** Puts another text in the place of a manifest. */
  static void replaceManifest(PinDirectory pins, String text) {
    replaceManifest(pins, "whistler_mfst", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void replaceManifest(PinDirectory pins, String name, byte[] content) {
    pins.remove("manifest");
    try (BpfMap map = BpfMap.create(MapSpec.of(name, MapType.ARRAY, 4, content.length, 1))) {
      map.update(new byte[4], content);
      map.freeze();
      pins.pin(map, "manifest");
    }
  }

  /** The manifest as it was pinned. */
  private byte[] manifest() {
    try (BpfMap map = pins().map("manifest").orElseThrow()) {
      return Objects.requireNonNull(map.lookup(new byte[4]));
    }
  }

  private String changed(Consumer<ObjectNode> change) throws IOException {
    ObjectNode manifest = (ObjectNode) JSON.readTree(manifest());
    change.accept(manifest);
    return manifest.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {VERSION_1, VERSION_3})
  void theProgramStartsAfreshAndTheOldPinsGo(String manifest) throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects before = HeldObjects.now();
      HeldObjects left = pinned(killer);
      replaceManifest(manifest);
      // A version to come may pin what this one does not know.
      try (BpfMap extra = BpfMap.create(MapSpec.of("extra", MapType.ARRAY, 4, 8, 1))) {
        pins().pin(extra, "budget");
        pins().directory("more").pin(extra, "deep");
        left.maps().add(extra.id());
      }
      killer.kill(5); // into the ring that nobody can read

      HeldObjects second;
      try (RunningProgram program = Runtime.start(request(killer))) {
        second = HeldObjects.now().since(before);
        assertThat(program.notAdopted())
            .hasValue(
                "Its pins are of version %s, and this runtime knows version 2."
                    .formatted(manifest.equals(VERSION_1) ? 1 : 3));
        left.assertGone();
        assertThat(root.names()).containsExactly("uid-1");
        assertThat(pins().names()).doesNotContain("budget", "more");
        killer.kill(10);
        program.leave(SOON);
      }
      try (RunningProgram adopted = Runtime.start(request(killer))) {
        assertThat(adopted.notAdopted()).as("its own pins are adopted").isEmpty();
        RingCounters ring = adopted.stop(SOON).rings().getFirst();
        assertThat(ring.produced()).as("counts begin with the fresh start").isEqualTo(10);
        assertThat(ring.balanced()).as(ring.toString()).isTrue();
      }
      assertThat(root.names()).isEmpty();
      assertThat(HeldObjects.now()).isEqualTo(before);
      second.assertGone();
    }
  }

  @Test
  void aFreshStartThatFailsLeavesThePinsAsTheyWere() throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects left = pinned(killer);
      replaceManifest(VERSION_3);
      List<String> before = pins().names();
      RunRequest impossible =
          request(killer).withSinks(List.of(new SinkSpec.File(Path.of("/no/such/file"))));
      assertThatThrownBy(() -> Runtime.start(impossible)).isInstanceOf(StartException.class);
      assertThat(root.names()).containsExactly("uid-1");
      assertThat(pins().names()).isEqualTo(before);
      Runtime.remove(root.path(), "uid-1");
      left.assertGone();
    }
  }

  @Test
  void damagedManifestsAreRefusedAndNothingIsTouched() throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects left = pinned(killer);
      String whole = changed(manifest -> {});
      List<String> damaged =
          List.of(
              "{}",
              "[3]",
              whole.substring(0, whole.length() - 1),
              whole + "x",
              changed(manifest -> manifest.remove("maps")),
              changed(manifest -> manifest.remove("version")),
              changed(manifest -> manifest.put("version", "3")),
              changed(manifest -> manifest.put("version", 0)),
              changed(manifest -> manifest.put("version", 1L << 40)),
              changed(manifest -> manifest.put("unknown", 1)),
              VERSION_3.substring(0, VERSION_3.length() - 1),
              VERSION_3.replace("uid-1", "uid-2"),
              VERSION_3.replace("\"revision\":1,", ""),
              VERSION_1.replace("\"00\"", "null"));
      for (String manifest : damaged) {
        replaceManifest(manifest);
        assertTampered(killer, manifest);
      }
      replaceManifest("foreign", VERSION_3.getBytes(StandardCharsets.UTF_8));
      assertTampered(killer, "a map that is not called as ours are");
      replaceManifest(whole);
      try (RunningProgram adopted = Runtime.start(request(killer))) {
        assertThat(adopted.notAdopted()).isEmpty();
        assertThat(HeldObjects.now().maps()).containsAll(left.maps());
      }
      left.assertGone();
    }
  }

  private void assertTampered(Killer killer, String what) {
    List<String> before = pins().names();
    HeldObjects held = HeldObjects.now();
    assertThatThrownBy(() -> Runtime.start(request(killer)))
        .as(what)
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.TAMPERED));
    assertThat(pins().names()).as(what).isEqualTo(before);
    assertThat(HeldObjects.now()).as(what).isEqualTo(held);
  }

  @Test
  void anotherRevisionIsSaid() throws Exception {
    try (Killer killer = new Killer()) {
      pinned(killer);
      RunRequest next =
          RunRequest.of(OBJECT, new Identity("node-1", "kills", "uid-1", 2))
              .withPinDirectory(root.path());
      try (RunningProgram second = Runtime.start(next)) {
        assertThat(second.notAdopted()).hasValue("Its pins are of revision 1.");
      }
    }
  }
}
