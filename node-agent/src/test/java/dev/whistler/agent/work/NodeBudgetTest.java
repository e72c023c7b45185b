package dev.whistler.agent.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import org.junit.jupiter.api.Test;

/** What programs take together stays within what the node gives. */
final class NodeBudgetTest {

  private static final long MIB = 1 << 20;

  private final NodeBudget budget = new NodeBudget(4, 64 * MIB, 256 * MIB);

  private void load(String uid, long bytes) throws StartException {
    budget.reserve(uid, bytes);
    budget.keep(uid);
  }

  private void refuses(FailureReason reason, String uid, long bytes, String message) {
    assertThatThrownBy(() -> budget.reserve(uid, bytes))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void aProgramMayTakeItsBoundAndNoByteMore() throws Exception {
    load("a", 64 * MIB);
    refuses(FailureReason.TOO_MUCH_MEMORY, "b", 64 * MIB + 1, "a program may have 64 MiB");
    refuses(FailureReason.TOO_MUCH_MEMORY, "b", Long.MAX_VALUE, "MiB");
  }

  @Test
  void programsTogetherMayTakeTheBoundOfTheNode() throws Exception {
    NodeBudget narrow = new NodeBudget(10, 64 * MIB, 100 * MIB);
    narrow.reserve("a", 60 * MIB);
    assertThatThrownBy(() -> narrow.reserve("b", 41 * MIB))
        .as("what is being loaded counts")
        .hasMessageContaining("take 60 MiB of the 100 MiB");
    narrow.giveBack("a");
    narrow.reserve("b", 41 * MIB);
  }

  @Test
  void aFullNodeCanBeUpdatedOneProgramAtATime() throws Exception {
    for (String uid : new String[] {"a", "b", "c", "d"}) {
      load(uid, 64 * MIB);
    }
    budget.reserve("a", 64 * MIB);
    refuses(FailureReason.NODE_FULL, "b", 64 * MIB, "until another program of the node is updated");
    budget.keep("a");
    budget.reserve("b", 64 * MIB);
  }

  @Test
  void aProgramThatIsReleasedLeavesItsPlace() throws Exception {
    for (String uid : new String[] {"a", "b", "c", "d"}) {
      load(uid, 0);
    }
    refuses(FailureReason.NODE_FULL, "e", 0, "This node runs 4 programs");
    budget.requirePlace("a");
    budget.release("a");
    load("e", 0);
  }
}
