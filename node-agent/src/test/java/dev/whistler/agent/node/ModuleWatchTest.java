package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the list of modules are told once, when they are over. */
final class ModuleWatchTest {
  private static final long LOOK = Duration.ofSeconds(5).toNanos();

  @TempDir private Path directory;
  private long now = Long.MAX_VALUE - 3;

  private Path list() {
    return directory.resolve("modules");
  }

  private void loaded(String... lines) throws IOException {
    Files.writeString(list(), String.join("\n", lines) + "\n");
  }

  private static String live(String name) {
    return name + " 16384 1 - Live 0xffffffffc0000000";
  }

  private boolean look(ModuleWatch watch) {
    now += LOOK;
    return watch.changed(now);
  }

  @Test
  void whatIsLoadedAndUnloadedIsToldOnce() throws IOException {
    loaded(live("xfs"));
    ModuleWatch watch = ModuleWatch.begin(list());
    assertThat(look(watch)).isFalse();
    loaded(live("xfs"), live("kvm"));
    assertThat(look(watch)).as("it may go on").isFalse();
    assertThat(look(watch)).isTrue();
    assertThat(look(watch)).isFalse();
    loaded(live("xfs"));
    assertThat(look(watch)).isFalse();
    assertThat(look(watch)).isTrue();
  }

  @Test
  void aFloodIsToldOnceAndNotPutOffForEver() throws IOException {
    loaded();
    ModuleWatch watch = ModuleWatch.begin(list());
    int told = 0;
    for (int i = 1; i <= 6; i++) {
      loaded(IntStream.range(0, i * 20).mapToObj(m -> live("m" + m)).toArray(String[]::new));
      told += look(watch) ? 1 : 0;
    }
    assertThat(told).isZero();
    loaded(live("other"));
    assertThat(look(watch)).as("half a minute after the first").isTrue();
    assertThat(look(watch)).isFalse();
  }

  /**
   * Users of a module come and go all the time; one that has just been taken away again is none.
   */
  @Test
  void nothingIsToldOfWhatIsTheSameInTheEnd() throws IOException {
    loaded(live("xfs"));
    ModuleWatch watch = ModuleWatch.begin(list());
    loaded("xfs 16384 7 nfs,kvm Live 0x0", "kvm 9 0 - Loading 0x0");
    assertThat(look(watch)).isFalse();
    assertThat(look(watch)).isFalse();
    loaded(live("xfs"), live("kvm"));
    assertThat(look(watch)).isFalse();
    loaded(live("xfs"));
    assertThat(look(watch)).isFalse();
    assertThat(look(watch)).isFalse();
    loaded(live("xfs").replace("16384", "20480"));
    assertThat(look(watch)).isFalse();
    assertThat(look(watch)).as("another version").isTrue();
  }

  @Test
  void aKernelWithoutModulesChangesNothing() {
    ModuleWatch watch = ModuleWatch.begin(list());
    assertThat(IntStream.range(0, 3).mapToObj(i -> look(watch)).collect(Collectors.toSet()))
        .containsExactly(false);
  }
}
