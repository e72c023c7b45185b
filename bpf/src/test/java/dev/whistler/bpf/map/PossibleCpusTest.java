package dev.whistler.bpf.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.sys.BpfException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PossibleCpusTest {
  @TempDir Path sysfs;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|1", "0-1|2", "0-3,5|6", "0,2-127|128", "0-8191|8192"})
  void theHighestNumberDecides(String list, int count) throws Exception {
    assertThat(PossibleCpus.read(sysfs(list + "\n"))).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "none", "0-", "0-x", "0-99999999999", "0-2147483647", "-1"})
  void whatIsNoListIsRefused(String text) throws Exception {
    Path root = sysfs(text);
    assertThatThrownBy(() -> PossibleCpus.read(root))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining("no list of CPUs");
  }

  @Test
  void withoutSysfsTheMountIsNamed() {
    assertThatThrownBy(() -> PossibleCpus.read(sysfs.resolve("nowhere")))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining("mount sysfs");
  }

  private Path sysfs(String possible) throws Exception {
    Path cpus = Files.createDirectories(sysfs.resolve("devices/system/cpu"));
    Files.writeString(cpus.resolve("possible"), possible);
    return sysfs;
  }
}
