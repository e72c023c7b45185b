package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.sys.SystemCallException;
import org.junit.jupiter.api.Test;

/** Who reads a status has no terminal on the node. */
final class ClusterHintsTest {

  private static final int EPERM = 1;
  private static final int E2BIG = 7;

  @Test
  void aMissingRightIsASwitchOfTheChart() {
    String said = new SystemCallException("attach to eth0", EPERM).getMessage();
    assertThat(said).as("or the hint needs a new pattern").contains("run as root");
    assertThat(ClusterHints.of("Program p cannot be attached: " + said + "."))
        .contains("Program p cannot be attached: attach to eth0: EPERM")
        .contains("agent.features.network=true")
        .doesNotContain("run as root", "CAP_");
  }

  @Test
  void aPlaceIsNoArgumentOfACommand() {
    assertThat(
            ClusterHints.of(
                "Program p has the section 'xdp', which does not say where: attach it with"
                    + " p=if:NAME."))
        .isEqualTo(
            "Program p has the section 'xdp', which does not say where; agents attach only what"
                + " names its place in its section.");
    assertThat(
            ClusterHints.of(
                "Program p has the section 'tc', which does not say the direction: attach it with"
                    + " p=if:a:ingress or p=if:a:egress, or write tc/ingress or tc/egress"))
        .endsWith("in its section, or write tc/ingress or tc/egress");
  }

  @Test
  void everythingElseStaysAsItIs() {
    String other = "This kernel has no tracepoint sched/none; compile it for this kernel.";
    assertThat(ClusterHints.of(other)).isEqualTo(other);
  }

  @Test
  void aMapThatIsTooLargeSaysWhichLimitItExceeds() {
    assertThat(new SystemCallException("create map m", E2BIG).getMessage()).contains("max-entries");
    assertThat(new SystemCallException("link programs", E2BIG).getMessage())
        .doesNotContain("max-entries");
  }
}
