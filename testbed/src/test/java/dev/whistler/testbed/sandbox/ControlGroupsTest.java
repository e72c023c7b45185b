package dev.whistler.testbed.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ControlGroupsTest {

  private static final String MEMORY =
      "36 30 0:31 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory";

  @Test
  void findsOldAndNewHierarchiesSideBySide() {
    ControlGroups groups =
        ControlGroups.parse(
            List.of(
                "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
                MEMORY,
                "37 30 0:32 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw"));
    assertThat(groups.unified()).isEqualTo(Path.of("/sys/fs/cgroup/unified"));
    assertThat(groups.all())
        .containsExactly(Path.of("/sys/fs/cgroup/memory"), Path.of("/sys/fs/cgroup/unified"));
  }

  @Test
  void saysWhatToMountWhereThereIsOnlyTheOldKind() {
    assertThatThrownBy(() -> ControlGroups.parse(List.of(MEMORY)))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("mount -t cgroup2");
  }
}
