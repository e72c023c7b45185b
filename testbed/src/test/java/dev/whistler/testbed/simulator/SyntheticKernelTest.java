package dev.whistler.testbed.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.KernelProfileContent;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SyntheticKernelTest {
  private static final int EVENTS = 5;
  private static final String FORK = "sched/sched_process_fork";
  private static final String EXIT = "sched/sched_process_exit";

  private static final List<SyntheticKernel> KERNELS =
      IntStream.range(0, 16).mapToObj(i -> SyntheticKernel.numbered(i, EVENTS)).toList();

  @Test
  void eachIsAnotherOneAndSomeAgreeOnWhatProgramsAskAbout() {
    assertThat(KERNELS).extracting(SyntheticKernel::profile).doesNotHaveDuplicates();
    assertThat(KERNELS).extracting(SyntheticKernel::release).doesNotHaveDuplicates();
    assertThat(KERNELS.stream().map(kernel -> kernel.content().formats().get(FORK)).distinct())
        .hasSize(SyntheticKernel.FORK_LAYOUTS);
    assertThat(KERNELS.stream().map(kernel -> kernel.content().formats().get(EXIT)).distinct())
        .hasSize(SyntheticKernel.EXIT_LAYOUTS);
  }

  @Test
  void theFirstHasTheRecordedLayout() {
    assertThat(KERNELS.getFirst().content().formats())
        .containsAllEntriesOf(SyntheticKernel.linux61().content().formats());
    assertThat(KERNELS.get(1).content().formats().get(FORK))
        .contains("parent_comm[16];\toffset:12;", "pid_t parent_pid;\toffset:28;")
        .contains("int common_pid;\toffset:4;");
  }

  @Test
  void isWhatTheOperatorReads() throws Exception {
    KernelProfileContent content = KERNELS.getLast().content();
    assertThat(KernelProfileContent.read(content.toSpec())).isEqualTo(content);
    assertThat(content.formats()).hasSize(EVENTS + 3);
  }
}
